// Regular expressions by the machine's PCRE2, loaded when they are first needed, as systemd loads it.
#ifndef CPATTERN_H
#define CPATTERN_H

#include <stddef.h>
#include <stdint.h>

struct reconcile_pattern;

// Compiles a pattern in UTF-8, by which letters and word boundaries are Unicode's. Returns null where that fails: then
// `message` says why, and is empty if the library is not on this machine.
struct reconcile_pattern *reconcile_pattern_make(const uint8_t *pattern, size_t length, int caseless, char *message,
                                                 size_t capacity);

// Whether the pattern is found in a text, which has to be valid UTF-8. A pattern that tries too much finds nothing.
// One thread at a time.
int reconcile_pattern_found(struct reconcile_pattern *pattern, const uint8_t *text, size_t length);

void reconcile_pattern_free(struct reconcile_pattern *pattern);

#endif
