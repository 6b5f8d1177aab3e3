/*
 * fd - descriptors, and whole files.
 *
 * file_write() writes under a temporary name and renames the file after
 * fsync(2), so a reader sees the old bytes or the new ones, never a part.
 */
#ifndef KEELSON_BASE_FD_H
#define KEELSON_BASE_FD_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <sys/types.h>

/* A descriptor that closes itself when it leaves scope; -1 is none. */
#define AUTO_FD __attribute__((cleanup(fd_close)))

/* Close *fd unless it is -1; errno is kept. */
void fd_close(int *fd);

/* Return the descriptor and set *fd to -1: the caller owns it now. */
int fd_take(int *fd);

/* Write all bytes; short writes and EINTR are continued.  0 or -1. */
int fd_write(int fd, const void *bytes, size_t n, struct err *e);

/* Read exactly n bytes; an early end is an error.  0 or -1. */
int fd_read(int fd, void *bytes, size_t n, struct err *e);

/* Append everything up to the end of file; -1 also when b is too small. */
int fd_read_all(int fd, struct buf *b, struct err *e);

/* Append the file at path below dir (AT_FDCWD for plain paths) to b. */
int file_read_at(int dir, const char *path, struct buf *b, struct err *e);
int file_read(const char *path, struct buf *b, struct err *e);

/* Replace path by these bytes atomically: temporary name, fsync, rename. */
int file_write(const char *path, struct str bytes, mode_t mode, struct err *e);

/* Create the directory and its parents, as mkdir -p does. */
int dir_make(const char *path, mode_t mode, struct err *e);

/*
 * ERR_DENIED: another user owns the directory, or it has one of these
 * permission bits, 077 or 022.  name: for the message.
 */
int dir_check_owner(int fd, const char *name, mode_t forbidden, struct err *e);

#endif
