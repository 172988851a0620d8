#define _GNU_SOURCE
#include "CStatFS.h"
#include <fcntl.h>
#include <sys/stat.h>

int file_birth(int descriptor, struct file_birth *birth)
{
    struct statx status;
    if (statx(descriptor, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0)
        return -1;
    int is_known = (status.stx_mask & STATX_BTIME) != 0;
    birth->number = status.stx_ino;
    birth->seconds = is_known ? status.stx_btime.tv_sec : 0;
    birth->nanoseconds = is_known ? status.stx_btime.tv_nsec : 0;
    return 0;
}
