#include "CStatFS.h"
