/*
 * images_index - find a CRIU image, or a message in one, without a walk.
 *
 * Images refer to each other by numbers, and an archive of a few kilobytes can
 * hold millions of references, so each look-up is a search in a sorted table
 * that is made once.  Without tables nothing is found.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_IMAGES_INDEX_H
#define CHECKPOINT_AGENT_INSPECT_IMAGES_INDEX_H

#include "checkpoint-agent/inspect/images.h"
#include "checkpoint-agent/inspect/key_table.h"

/* All tables of one archive. */
struct images_indexes {
	struct key_table images; /* by kind, number and pre-dump */
	struct key_table files;  /* of files.img, by id */
	struct key_table memfds; /* of memfd.img, by inode */
	uint64_t steps;          /* comparisons of all look-ups so far */
};

/*
 * Read a checkpoint; starts c itself, call images_free() in any case.
 * Errors: as above, and ERR_INPUT without a spec.dump or for a pod's archive.
 */
int images_read(struct images *c, struct input *s, struct err *e);

/*
 * Make the tables of images that have been read; images_read() does.  Errors:
 * ERR_INPUT two images of one name, two processes of one number; ERR_LIMIT.
 */
int images_index_make(struct images *c, struct err *e);

/* Did look-ups take more steps than any container can need? */
#define IMAGES_INDEX_STEPS (1ull << 32)
bool images_index_is_spent(const struct images *c);

/*
 * The messages of the CRIU image of this kind and number, for img_next(),
 * or only the first one.  Empty when there is no such image.
 */
struct str images_messages(
	const struct images *c, enum img_kind kind, uint32_t number);
struct str images_first(
	const struct images *c, enum img_kind kind, uint32_t number);

/* Did a pre-dump write such an image? */
bool images_has_predump(
	const struct images *c, enum img_kind kind, uint32_t number);

/* The entry of files.img with this id; empty when there is none. */
struct str images_file(const struct images *c, uint32_t id);

/* The entry of memfd.img with this inode; empty when there is none. */
struct str images_memfd(const struct images *c, uint32_t inode);

#endif
