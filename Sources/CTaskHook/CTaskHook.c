#include "CTaskHook.h"

extern void *swift_task_enqueueGlobal_hook;

void **reconcile_task_hook(void) { return &swift_task_enqueueGlobal_hook; }
