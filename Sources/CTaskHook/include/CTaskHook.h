// The Swift runtime's hook for jobs that no executor of their own takes. Its name is hidden in a program that carries
// Swift with it: the linker finds it, dlsym doesn't.
#ifndef CTASKHOOK_H
#define CTASKHOOK_H

// Where the hook is kept; null as long as there is none.
void *_Nullable *_Nonnull reconcile_task_hook(void);

#endif
