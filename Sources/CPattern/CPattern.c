#include "CPattern.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

// From pcre2.h, whose constants and calls have been the same since 10.0; needing the header would need the package.
enum { CASELESS = 0x8, UCP = 0x20000, UTF = 0x80000, NEVER_BACKSLASH_C = 0x100000, NO_UTF_CHECK = 0x40000000, JIT_COMPLETE = 1 };
enum { STEPS = 1000000 };

static struct {
    void *(*compile)(const uint8_t *, size_t, uint32_t, int *, size_t *, void *);
    int (*match)(const void *, const uint8_t *, size_t, size_t, uint32_t, void *, void *);
    void *(*make_data)(const void *, void *);
    void *(*make_context)(void *);
    int (*set_limit)(void *, uint32_t);
    int (*compile_further)(void *, uint32_t);
    int (*message)(int, uint8_t *, size_t);
    void (*free_code)(void *);
    void (*free_data)(void *);
    void (*free_context)(void *);
} library;

static int is_loaded;

static void load(void) {
    void *handle = dlopen("libpcre2-8.so.0", RTLD_NOW);
    if (!handle) return;
    struct { const char *name; void *place; } functions[] = {
        {"pcre2_compile_8", &library.compile},
        {"pcre2_match_8", &library.match},
        {"pcre2_match_data_create_from_pattern_8", &library.make_data},
        {"pcre2_match_context_create_8", &library.make_context},
        {"pcre2_set_match_limit_8", &library.set_limit},
        {"pcre2_jit_compile_8", &library.compile_further},
        {"pcre2_get_error_message_8", &library.message},
        {"pcre2_code_free_8", &library.free_code},
        {"pcre2_match_data_free_8", &library.free_data},
        {"pcre2_match_context_free_8", &library.free_context},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function) return;
        *(void **)functions[i].place = function;
    }
    is_loaded = 1;
}

struct reconcile_pattern {
    void *code, *data, *context;
};

struct reconcile_pattern *reconcile_pattern_make(const uint8_t *pattern, size_t length, int caseless, char *message,
                                                 size_t capacity) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (capacity) *message = 0;
    if (!is_loaded) return NULL;
    int error = 0;
    size_t place = 0;
    struct reconcile_pattern *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    made->code = library.compile(pattern, length, UTF | UCP | NEVER_BACKSLASH_C | (caseless ? CASELESS : 0), &error, &place, NULL);
    if (!made->code) {
        library.message(error, (uint8_t *)message, capacity);
        free(made);
        return NULL;
    }
    // Under MemoryDenyWriteExecute it declines, and the interpreter serves.
    library.compile_further(made->code, JIT_COMPLETE);
    made->data = library.make_data(made->code, NULL);
    made->context = library.make_context(NULL);
    if (!made->data || !made->context) abort();
    library.set_limit(made->context, STEPS);
    return made;
}

int reconcile_pattern_found(struct reconcile_pattern *pattern, const uint8_t *text, size_t length) {
    return library.match(pattern->code, text, length, 0, NO_UTF_CHECK, pattern->data, pattern->context) >= 0;
}

void reconcile_pattern_free(struct reconcile_pattern *pattern) {
    library.free_data(pattern->data);
    library.free_context(pattern->context);
    library.free_code(pattern->code);
    free(pattern);
}
