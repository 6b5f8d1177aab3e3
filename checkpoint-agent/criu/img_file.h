/*
 * img_file - the entries of CRIU's files.img: what descriptors and mappings
 * refer to.
 *
 * Each function takes one message as img_next() gives it.  Pure.
 */
#ifndef CHECKPOINT_AGENT_CRIU_IMG_FILE_H
#define CHECKPOINT_AGENT_CRIU_IMG_FILE_H

#include "lib/base/buf.h"
#include "lib/base/str.h"

/* The id by which other images refer to this entry. */
uint32_t img_file_id(struct str message);

/* Type and permissions, as st_mode has them; 0 when they are not recorded. */
uint32_t img_file_mode(struct str message);

/*
 * Append a text for people: "/data/count", "tcp 127.0.0.1:80 127.0.0.1:4321",
 * "unix @name", "pipe".
 */
void img_file_put(struct buf *b, struct str message);

/*
 * Newer versions of CRIU dump shared memory as a memfd: the inode by which
 * memfd.img knows it.  False: the entry is no memfd.
 */
bool img_file_memfd(struct str message, uint32_t *inode);

#endif
