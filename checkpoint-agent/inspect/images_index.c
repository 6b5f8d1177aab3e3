/*
 * images_index - a sorted table each for images, files and memfds, filled in
 * the order of the archive.  Of messages with one key the first counts.
 */
#include "checkpoint-agent/inspect/images_index.h"

#include "checkpoint-agent/criu/img_file.h"
#include "checkpoint-agent/criu/img_memory.h"
#include "checkpoint-agent/criu/img_task.h"

/* ---- making ------------------------------------------------------------- */

static uint64_t image_key(enum img_kind kind, uint32_t number, bool is_predump)
{
	return (uint64_t)kind << 33 | (uint64_t)is_predump << 32 | number;
}

static int index_images(struct images *c, struct err *e)
{
	struct key_table *t = &c->indexes->images;
	const struct key_entry *twice;

	for (size_t i = 0; i < c->image_count; i++) {
		const struct images_image *k = &c->images[i];
		const struct key_entry entry = {
			image_key(k->kind, k->number, k->is_predump),
			(uint32_t)i, 0};

		if (key_table_add(&c->arena, t, entry, e) < 0)
			return -1;
	}
	key_table_sort(t);
	twice = key_table_twice(t);
	return twice ? err_kind(e, ERR_INPUT,
			       "a CRIU image with the number %u occurs twice",
			       c->images[twice->at].number)
		     : 0;
}

static uint64_t file_key(struct str message)
{
	return img_file_id(message);
}

static uint64_t memfd_key(struct str message)
{
	return img_memfd(message).inode;
}

static uint64_t process_key(struct str message)
{
	return img_process(message).pid;
}

/* Broken messages end the table here; who reads them says so. */
static int index_messages(struct images *c, struct key_table *t,
	enum img_kind kind, uint64_t (*key)(struct str message), struct err *e)
{
	struct str all = images_messages(c, kind, 0), rest = all, message;

	while (img_next(&rest, &message, NULL) == 1) {
		const struct key_entry entry = {key(message),
			(uint32_t)(message.p - all.p), (uint32_t)message.n};

		if (key_table_add(&c->arena, t, entry, e) < 0)
			return -1;
	}
	key_table_sort(t);
	return 0;
}

/* Each process is shown with all that it has, so it must be there once. */
static int check_processes(struct images *c, struct err *e)
{
	struct key_table t = {0};
	const struct key_entry *twice;

	if (index_messages(c, &t, IMG_PSTREE, process_key, e) < 0)
		return -1;
	twice = key_table_twice(&t);
	return twice ? err_kind(e, ERR_INPUT,
			       "pstree.img: process %llu occurs twice",
			       (unsigned long long)twice->key)
		     : 0;
}

int images_index_make(struct images *c, struct err *e)
{
	c->indexes = arena_alloc(&c->arena, sizeof(*c->indexes));
	if (!c->indexes)
		return err_kind(e, ERR_LIMIT, "CRIU images: out of memory");
	if (index_images(c, e) < 0 || check_processes(c, e) < 0)
		return -1;
	if (index_messages(c, &c->indexes->files, IMG_FILES, file_key, e) < 0)
		return -1;
	return index_messages(c, &c->indexes->memfds, IMG_MEMFD, memfd_key, e);
}

int images_read(struct images *c, struct input *s, struct err *e)
{
	images_start(c);
	if (images_scan(c, s, NULL, e) < 0)
		return -1;
	if (c->is_pod)
		return err_kind(e, ERR_INPUT,
			"pod.options must be the first member of a pod's "
			"archive");
	if (!c->spec)
		return err_kind(
			e, ERR_INPUT, "not a checkpoint: it has no spec.dump");
	return images_index_make(c, e);
}

bool images_index_is_spent(const struct images *c)
{
	return c->indexes && c->indexes->steps > IMAGES_INDEX_STEPS;
}

/* ---- look-ups ----------------------------------------------------------- */

static struct str find_image(const struct images *c, uint64_t key)
{
	const struct key_entry *found =
		c->indexes ? key_table_find(&c->indexes->images, key,
				     &c->indexes->steps)
			   : NULL;

	return found ? c->images[found->at].bytes : (struct str){0};
}

static struct str find_message(const struct images *c, enum img_kind kind,
	const struct key_table *t, uint64_t key)
{
	const struct key_entry *found =
		key_table_find(t, key, &c->indexes->steps);

	return found ? str_sub(images_messages(c, kind, 0), found->at, found->n)
		     : (struct str){0};
}

struct str images_messages(
	const struct images *c, enum img_kind kind, uint32_t number)
{
	return find_image(c, image_key(kind, number, false));
}

bool images_has_predump(
	const struct images *c, enum img_kind kind, uint32_t number)
{
	return find_image(c, image_key(kind, number, true)).p != NULL;
}

struct str images_first(
	const struct images *c, enum img_kind kind, uint32_t number)
{
	struct str rest = images_messages(c, kind, number), message;

	return img_next(&rest, &message, NULL) == 1 ? message : (struct str){0};
}

struct str images_file(const struct images *c, uint32_t id)
{
	return c->indexes ? find_message(c, IMG_FILES, &c->indexes->files, id)
			  : (struct str){0};
}

struct str images_memfd(const struct images *c, uint32_t inode)
{
	return c->indexes
		       ? find_message(c, IMG_MEMFD, &c->indexes->memfds, inode)
		       : (struct str){0};
}
