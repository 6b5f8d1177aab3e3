/*
 * areas - the memory areas (VMAs) of a dumped process.
 *
 * They come from mm-PID.img (CRIU's vma_entry); addresses are those of the
 * process.  Pure: an unknown process simply has no areas.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_AREAS_H
#define CHECKPOINT_AGENT_INSPECT_AREAS_H

#include "checkpoint-agent/criu/img_memory.h"
#include "checkpoint-agent/inspect/images.h"
#include "lib/base/json.h"

/*
 * The areas of a process, sorted by address, in the arena of c; NULL when
 * that is full.
 */
const struct img_area *areas_list(struct images *c, uint32_t pid, size_t *n);

/* The area that holds this address; false, and *a zeroed, without one. */
bool areas_find(const struct images *c, uint32_t pid, uint64_t address,
	struct img_area *a);

/* A process that maps some shared memory. */
struct areas_sharer {
	uint32_t shmid;
	uint32_t pid;
	uint64_t base; /* of offset 0, which it need not have mapped */
};

/* Who maps what shared memory; in the arena of the images. */
struct areas_sharers {
	struct areas_sharer *list;
	size_t n;
};

/* List them all.  0 or -1: ERR_LIMIT. */
int areas_list_sharers(
	struct images *c, struct areas_sharers *s, struct err *e);

/* One that maps this memory, or NULL. */
const struct areas_sharer *areas_find_sharer(
	const struct areas_sharers *s, uint32_t shmid);

/*
 * As JSON texts: "area" is "heap", "stack", "/lib/libc.so", "anonymous", ...,
 * "?" for a zeroed area; "rights" is like "rw-"; an address is "0x...".
 */
void areas_put_area(
	struct json_out *o, const struct images *c, const struct img_area *a);
void areas_put_rights(struct json_out *o, const struct img_area *a);
void areas_put_address(struct json_out *o, const char *key, uint64_t address);

#endif
