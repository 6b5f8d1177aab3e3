/*
 * diff_gather - collect the facts of one archive in two passes.
 *
 * The first pass reads documents, CRIU images and pagemaps; the second hashes
 * memory pages and walks rootfs-diff.tar, which is a tar inside the tar.
 * Facts from the first pass's documents are added at the end.
 */
#include "checkpoint-agent/inspect/diff_gather.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/criu/img_file.h"
#include "checkpoint-agent/criu/img_task.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "checkpoint-agent/inspect/pages.h"
#include "checkpoint-agent/tar/members.h"
#include "lib/base/whole.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define VALUE_MAX   (1u << 20)
#define COPY_BYTES  65536
#define SHOWN_BYTES 16

struct gathering {
	struct diff_gather *g;
	const struct diff_gather_order *order;
};

static int add_text(struct diff_gather *g, enum fact_kind kind, struct str key,
	const struct buf *value, struct err *e)
{
	if (whole_check(value, "comparison", e) < 0)
		return -1;
	return diff_facts_add(&g->facts, kind, key, buf_view(value), e);
}

/* ---- documents ---------------------------------------------------------- */

static int add_container(struct diff_gather *g, struct err *e)
{
	for (const struct node *n = node_first(g->images.config); n;
		n = n->next)
		if (n->type == NODE_TEXT &&
			diff_facts_add(&g->facts, FACT_CONTAINER, n->key,
				node_text(n), e) < 0)
			return -1;
	return 0;
}

/* A list of texts, joined with blanks. */
static void put_joined(struct buf *b, const struct node *list)
{
	for (const struct node *n = node_first(list); n; n = n->next) {
		buf_str(b, node_text(n));
		if (n->next)
			buf_byte(b, ' ');
	}
}

static int add_arguments(struct diff_gather *g, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(VALUE_MAX);

	put_joined(&b, node_path(g->images.spec, "process", "args", NULL));
	return add_text(g, FACT_CONTAINER, STR("arguments"), &b, e);
}

static int add_environment(struct diff_gather *g, struct err *e)
{
	const struct node *env =
		node_path(g->images.spec, "process", "env", NULL);

	for (const struct node *n = node_first(env); n; n = n->next) {
		struct str rest = node_text(n), name;

		if (str_cut(&rest, '=', &name) &&
			diff_facts_add(
				&g->facts, FACT_ENVIRONMENT, name, rest, e) < 0)
			return -1;
	}
	return 0;
}

static int add_mounts(struct diff_gather *g, struct err *e)
{
	const struct node *list = node_get(g->images.spec, "mounts");

	for (const struct node *n = node_first(list); n; n = n->next) {
		AUTO_BUF struct buf b = buf_growing(VALUE_MAX);

		buf_str(&b, node_text(node_get(n, "type")));
		buf_byte(&b, ' ');
		buf_str(&b, node_text(node_get(n, "source")));
		buf_byte(&b, ' ');
		put_joined(&b, node_get(n, "options"));
		if (add_text(g, FACT_MOUNT,
			    node_text(node_get(n, "destination")), &b, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- processes ---------------------------------------------------------- */

static int add_files(struct diff_gather *g, uint32_t pid, struct err *e)
{
	const struct images *c = &g->images;
	uint32_t table = img_files_id(images_first(c, IMG_IDS, pid));
	struct str rest = images_messages(c, IMG_FDINFO, table), message;

	while (img_next(&rest, &message, NULL) == 1) {
		AUTO_BUF struct buf what = buf_growing(2 * PATH_MAX);
		struct img_fd f = img_fd(message);
		char room[32];
		struct buf key = buf_fixed(room, sizeof(room));

		buf_fmt(&key, "%u %u", pid, f.fd);
		img_file_put(&what, images_file(c, f.id));
		if (add_text(g, FACT_FILE, buf_view(&key), &what, e) < 0)
			return -1;
	}
	return 0;
}

static int add_process(struct diff_gather *g, struct str message, struct err *e)
{
	struct img_process p = img_process(message);
	AUTO_BUF struct buf b = buf_growing(VALUE_MAX);
	char room[32];
	struct buf key = buf_fixed(room, sizeof(room));

	buf_fmt(&key, "%u", p.pid);
	buf_str(&b, img_command(images_first(&g->images, IMG_CORE, p.pid)));
	buf_fmt(&b, ", child of %u, %u threads", p.ppid, p.threads);
	if (add_text(g, FACT_PROCESS, buf_view(&key), &b, e) < 0)
		return -1;
	return add_files(g, p.pid, e);
}

static int add_processes(struct diff_gather *g, struct err *e)
{
	struct str rest = images_messages(&g->images, IMG_PSTREE, 0);
	struct str message;
	int more;

	while ((more = img_next(&rest, &message, e)) == 1)
		if (add_process(g, message, e) < 0)
			return -1;
	return more;
}

/* ---- the root file system ----------------------------------------------- */

static int add_deleted(struct diff_gather *g, struct err *e)
{
	struct str rest = g->images.deleted_paths, path;

	for (const struct node *n = node_first(g->images.deleted); n;
		n = n->next)
		if (diff_facts_add(&g->facts, FACT_ROOTFS, node_text(n),
			    STR("deleted"), e) < 0)
			return -1;
	while (rest.n && str_cut(&rest, '\0', &path))
		if (diff_facts_add(&g->facts, FACT_ROOTFS, path, STR("deleted"),
			    e) < 0)
			return -1;
	return 0;
}

/* The first SHOWN_BYTES of the SHA-256: short enough to read. */
static int put_hash(struct buf *b, struct tarfile_reader *r, struct err *e)
{
	static char room[COPY_BYTES];
	unsigned char hash[SHA256_BYTES];
	char hex[2 * SHOWN_BYTES + 1];
	struct sha256 s;
	long n;

	sha256_start(&s);
	while ((n = tarfile_read_bytes(r, room, sizeof(room), e)) > 0)
		sha256_add(&s, room, (size_t)n);
	sha256_finish(&s, hash);
	str_hex(hash, SHOWN_BYTES, hex);
	buf_fmt(b, ", sha256 %s", hex);
	return (int)n;
}

static const char *file_type(const struct tarfile_entry *entry)
{
	if (entry->link && !S_ISLNK(entry->mode))
		return "hard link";
	return S_ISREG(entry->mode)   ? "file"
	       : S_ISDIR(entry->mode) ? "directory"
	       : S_ISLNK(entry->mode) ? "link"
				      : "special file";
}

/* "file 0644 0:0, 12 bytes, sha256 ..." */
static int add_change(struct diff_gather *g, struct tarfile_reader *r,
	const struct tarfile_entry *entry, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(VALUE_MAX);
	AUTO_BUF struct buf path = buf_growing(VALUE_MAX);

	buf_fmt(&path, "/%s", entry->path);
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	buf_fmt(&b, "%s %04o %u:%u", file_type(entry), entry->mode & 07777,
		entry->uid, entry->gid);
	if (entry->link)
		buf_fmt(&b, ", to %s", entry->link);
	if (entry->is_file) {
		buf_fmt(&b, ", %llu bytes", (unsigned long long)entry->size);
		if (put_hash(&b, r, e) < 0)
			return -1;
	}
	if (whole_check(&path, entry->path, e) < 0)
		return -1;
	return add_text(g, FACT_ROOTFS, buf_view(&path), &b, e);
}

static int add_changes(
	struct diff_gather *g, struct tarfile_reader *outer, struct err *e)
{
	static struct input inside; /* large */
	struct tarfile_reader *r = NULL;
	struct tarfile_entry entry;
	int more = input_open_feed(&inside, tarfile_read_feed(outer), NULL, e);

	inside.max_bytes = tarfile_read_max(outer);
	if (more == 0)
		more = tarfile_read_from(&r, &inside, e);
	while (more >= 0 && (more = tarfile_read_next(r, &entry, e)) == 1)
		if (add_change(g, r, &entry, e) < 0)
			more = -1;
	tarfile_read_close(r);
	input_close(&inside);
	return more < 0 ? err_at(e, MEMBER_CHANGES) : 0;
}

/* ---- the second pass ---------------------------------------------------- */

static int take_piece(
	void *self, const struct pagemap_piece *piece, struct err *e)
{
	const struct gathering *t = self;

	return t->order->skips_memory
		       ? 0
		       : page_hashes_put(&t->g->hashes, piece, e);
}

static int take_other(void *self, struct tarfile_reader *r,
	const struct tarfile_entry *entry, struct err *e)
{
	const struct gathering *t = self;

	if (strcmp(entry->path, MEMBER_CHANGES) != 0 || entry->size == 0)
		return 0;
	return add_changes(t->g, r, e);
}

static int read_twice(struct gathering *t, struct err *e)
{
	const struct pages_visitor v = {take_piece, take_other, t};
	const struct diff_gather_order *o = t->order;
	struct diff_gather *g = t->g;

	if (pages_read(&o->place, &g->images, &g->memory, e) < 0)
		return -1;
	if (!o->skips_memory &&
		page_hashes_start(&g->hashes, o->key, &g->memory, e) < 0)
		return -1;
	return pages_walk(&o->place, &g->memory, &v, e);
}

int diff_gather_archive(
	struct diff_gather *g, const struct diff_gather_order *o, struct err *e)
{
	struct gathering t = {g, o};

	*g = (struct diff_gather){.facts = diff_facts_make()};
	if (read_twice(&t, e) < 0)
		return -1;
	if (add_container(g, e) < 0 || add_arguments(g, e) < 0 ||
		add_environment(g, e) < 0 || add_mounts(g, e) < 0 ||
		add_processes(g, e) < 0 || add_deleted(g, e) < 0)
		return err_at(e, "%s", o->place.path);
	return 0;
}

void diff_gather_free(struct diff_gather *g)
{
	page_hashes_free(&g->hashes);
	diff_facts_free(&g->facts);
	images_free(&g->images);
}
