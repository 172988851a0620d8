/// timerfd and adjtimex, which Swift's Glibc module leaves out.
#pragma once
#include <sys/timerfd.h>
#include <sys/timex.h>
