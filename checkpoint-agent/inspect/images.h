/*
 * images - what a container's archive holds besides memory pages: its JSON
 * documents, its statistics and CRIU's small images.
 *
 * "Image" here is always a CRIU image file.  The archive is read once;
 * memory pages and file changes are counted, not kept.  A struct images owns
 * everything that its members point to.
 * Limits: IMAGES_MAX CRIU images, 64 MiB each, 256 MiB in all.
 */
#ifndef CHECKPOINT_AGENT_INSPECT_IMAGES_H
#define CHECKPOINT_AGENT_INSPECT_IMAGES_H

#include "checkpoint-agent/criu/criumsg.h"
#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/tar/members.h"
#include "checkpoint-agent/tar/tarfile_read.h"
#include "lib/base/node.h"

#define IMAGES_MAX 65536

struct images_indexes; /* images_index.h */

/* A CRIU image that is kept. */
struct images_image {
	enum img_kind kind;
	uint32_t number;  /* the N of "pagemap-N.img", 0 without one */
	bool is_predump;  /* below MEMBER_PREDUMP; always a pagemap */
	struct str bytes; /* after the magic numbers; in the arena */
};

struct images {
	struct arena arena;
	struct images_image *images; /* owned */
	size_t image_count, image_room;
	/* config.dump, spec.dump, deleted.files; NULL if missing */
	const struct node *config, *spec, *deleted;
	struct str deleted_paths;       /* others, with a NUL after each */
	struct images_indexes *indexes; /* in the arena; NULL: not made */
	struct criu_stats stats, predump_stats;
	bool is_pod; /* pod.options follows other members: malformed */
	uint64_t members, bytes;
	uint64_t memory_bytes;  /* size of all pages-N.img */
	uint64_t changes_bytes; /* size of rootfs-diff.tar */
};

/* Call images_free() in any case. */
void images_start(struct images *c);
void images_free(struct images *c);

/* Called with each member of an archive before it is read. */
struct images_visitor {
	void (*see)(void *self, const struct tarfile_entry *entry);
	void *self;
};

/*
 * Read all members into c, which images_start() has prepared.  v may be NULL.
 * Errors: ERR_INPUT a member breaks its format or occurs twice; ERR_LIMIT.
 * What is missing
 * is not an error here.
 */
int images_scan(struct images *c, struct input *s,
	const struct images_visitor *v, struct err *e);

/* Is this member a CRIU image of pages?  *rest is the "N.img" of its name. */
bool images_is_pages(struct str path, bool *is_predump, struct str *rest);

#endif
