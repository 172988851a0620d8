#include "CGetOpt.h"
#include <getopt.h>
#include <stddef.h>

int reconcile_getopt(int argc, char **argv, const char *shorts, const struct reconcile_option *options,
                     int count, int *next, const char **argument) {
    struct option all[128] = {{0}};
    for (int i = 0; i < count && i < 127; i++)
        all[i] = (struct option){options[i].name, options[i].has_argument, NULL, options[i].value};
    optind = *next;
    int result = getopt_long(argc, argv, shorts, all, NULL);
    *next = optind;
    *argument = optarg;
    return result;
}
