// glibc's getopt_long, which journalctl uses; neither it nor struct option is in Swift's Glibc module.
#ifndef CGETOPT_H
#define CGETOPT_H

struct reconcile_option {
    const char *name;
    int has_argument; // 0 none, 1 required, 2 optional
    int value;
};

// One step of getopt_long. `next` is optind, handed in and out so that the caller can step over a word.
// `argument` is set to the option's argument or null. Returns what getopt_long returns.
int reconcile_getopt(int argc, char **argv, const char *shorts, const struct reconcile_option *options,
                     int count, int *next, const char **argument);

#endif
