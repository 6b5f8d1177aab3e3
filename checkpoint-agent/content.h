/*
 * content - what an archive holds besides memory pages: its documents, its
 * figures, and CRIU's small images.
 *
 * The archive is read once, pages and file changes are passed over.
 */
#ifndef CHECKPOINT_AGENT_CONTENT_H
#define CHECKPOINT_AGENT_CONTENT_H

#include "checkpoint-agent/criumsg.h"
#include "checkpoint-agent/image.h"
#include "checkpoint-agent/pack.h"
#include "lib/base/node.h"

#define CONTENT_IMAGES_MAX 65536

#define CONTENT_IMAGES  "checkpoint/"
#define CONTENT_PREDUMP "checkpoint/parent/"
#define CONTENT_CHANGES "rootfs-diff.tar"

/* An image that is kept. */
struct content_image {
	enum image_kind kind;
	uint32_t number;
	bool is_predump;  /* of CONTENT_PREDUMP: a pagemap */
	struct str bytes; /* behind the magic numbers; in the arena */
};

struct content {
	struct arena arena;
	struct content_image *images; /* owned */
	size_t image_count, image_room;
	/* config.dump, spec.dump, deleted.files; NULL when not there */
	const struct node *config, *spec, *deleted;
	struct criu_stats stats, predump_stats;
	bool is_pod; /* it has pod.options, behind other members */
	uint64_t members, bytes;
	uint64_t memory_bytes;  /* of pages */
	uint64_t changes_bytes; /* of rootfs-diff.tar */
};

/* content_free() in any case. */
void content_start(struct content *c);
void content_free(struct content *c);

/* Take the entry that the reader stands at: keep it or only count it. */
int content_take(struct content *c, struct pack_reader *r,
	const struct pack_entry *entry, struct err *e);

/* All entries.  ERR_INPUT: it has no spec.dump, so it is no checkpoint. */
int content_read(struct content *c, struct source *s, struct err *e);

/* Is this member an image of pages?  The rest of its name, "N.img". */
bool content_is_pages(struct str path, bool *is_predump, struct str *rest);

/* The image of this kind and number, NULL when there is none. */
const struct content_image *content_image(
	const struct content *c, enum image_kind kind, uint32_t number);

/* Its messages, to be walked by image_next(); its first one; or nothing. */
struct str content_messages(
	const struct content *c, enum image_kind kind, uint32_t number);
struct str content_first(
	const struct content *c, enum image_kind kind, uint32_t number);

/* The entry of files.img with this id; empty when there is none. */
struct str content_file(const struct content *c, uint32_t id);

#endif
