/*
 * img - the files that CRIU calls images (*.img): kinds, framing and fields.
 *
 * A file starts with two magic numbers and then holds protobuf messages, each
 * after its length in 32 bits, little-endian (CRIU: criu/include/magic.h,
 * images/).  Pure: views into the bytes given, no limits of its own.
 *
 * What the messages mean: img_task.h, img_file.h, img_memory.h.
 */
#ifndef CHECKPOINT_AGENT_CRIU_IMG_H
#define CHECKPOINT_AGENT_CRIU_IMG_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

enum img_kind {
	IMG_PSTREE,
	IMG_FILES,
	IMG_CORE,
	IMG_IDS,
	IMG_FDINFO,
	IMG_FS,
	IMG_MM,
	IMG_MEMFD,
	IMG_PAGEMAP_SHMEM,
	IMG_PAGEMAP,
	IMG_CGROUP,
	IMG_KINDS
};

/*
 * The kind and the number of a file name such as "fdinfo-2.img"; the number is
 * 0 where the name has none.  False: the name is of none of these kinds.
 */
bool img_parse_name(struct str name, enum img_kind *kind, uint32_t *number);

/* Cut the magic numbers off *bytes. 0; -1: they are not those of this kind. */
int img_open(struct str *bytes, enum img_kind kind, struct err *e);

/* Cut one message off. 1: *message holds it; 0: the end; -1: ERR_INPUT. */
int img_next(struct str *bytes, struct str *message, struct err *e);

/* Append a message after its length. */
void img_put(struct buf *b, struct str message);

/*
 * Does inventory.img say that TCP connections were not dumped (--tcp-close)?
 * @inventory  the bytes of that file
 */
bool img_closes_tcp(struct str inventory);

/* A field of a message; 0 or an empty view where the message has none. */
uint32_t img_u32(struct str message, uint32_t number);
uint64_t img_u64(struct str message, uint32_t number);
struct str img_bytes(struct str message, uint32_t number);

#endif
