/*
 * fd - descriptors and whole files.
 *
 * Files that people rely on are written under a name of their own and put in
 * place by rename(2) after fsync(2): a reader sees the old bytes or the new,
 * never half.
 */
#ifndef KEELSON_BASE_FD_H
#define KEELSON_BASE_FD_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <sys/types.h>

/* A descriptor that closes itself when it leaves scope; -1 is none. */
#define AUTO_FD __attribute__((cleanup(fd_close)))

/* Close *fd when it is not -1; errno is kept. */
void fd_close(int *fd);

/* Hand the descriptor over: returns it and leaves -1 behind. */
int fd_take(int *fd);

/* Write all bytes, across short writes and EINTR. 0 or -1. */
int fd_write(int fd, const void *bytes, size_t n, struct err *e);

/* Read exactly n bytes; an early end is an error. 0 or -1. */
int fd_read(int fd, void *bytes, size_t n, struct err *e);

/* Append everything up to the end of file to b; -1 when b fills up. */
int fd_read_all(int fd, struct buf *b, struct err *e);

/* Append the file at path below dir (AT_FDCWD for plain paths) to b. */
int file_read_at(int dir, const char *path, struct buf *b, struct err *e);
int file_read(const char *path, struct buf *b, struct err *e);

/* Replace path by these bytes atomically: temporary name, fsync, rename. */
int file_write(const char *path, struct str bytes, mode_t mode, struct err *e);

/* mkdir -p. */
int dir_make(const char *path, mode_t mode, struct err *e);

#endif
