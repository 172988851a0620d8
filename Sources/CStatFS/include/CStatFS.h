/// statfs and statx, which Swift's Glibc module leaves out.
#pragma once
#include <stdint.h>
#include <sys/vfs.h>

/// What a file is told by from any copy of it.
struct file_birth {
    uint64_t number;
    /// When it was made; zeros where the file system doesn't know.
    int64_t seconds;
    uint32_t nanoseconds;
};

/// -1 if it can't be told, by errno.
int file_birth(int descriptor, struct file_birth *birth);
