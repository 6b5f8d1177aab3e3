/*
 * gather - see gather.h.
 */
#include "checkpoint-agent/gather.h"

#include "checkpoint-agent/memwalk.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define VALUE_MAX   (1u << 20)
#define COPY_BYTES  65536
#define SHOWN_BYTES 16

struct walk {
	struct gather *g;
	const struct sha256 *key;
	bool skips_memory;
};

static int add_text(struct gather *g, enum fact_kind kind, struct str key,
	const struct buf *value, struct err *e)
{
	return facts_add(&g->facts, kind, key, buf_view(value), e);
}

/* ---- documents ---------------------------------------------------------- */

static int add_container(struct gather *g, struct err *e)
{
	for (const struct node *n = node_first(g->content.config); n;
		n = n->next)
		if (n->type == NODE_TEXT &&
			facts_add(&g->facts, FACT_CONTAINER, n->key,
				node_text(n), e) < 0)
			return -1;
	return 0;
}

/* A list of texts as one, parted by blanks. */
static void put_list(struct buf *b, const struct node *list)
{
	for (const struct node *n = node_first(list); n; n = n->next) {
		buf_str(b, node_text(n));
		if (n->next)
			buf_byte(b, ' ');
	}
}

static int add_arguments(struct gather *g, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(VALUE_MAX);

	put_list(&b, node_path(g->content.spec, "process", "args", NULL));
	return add_text(g, FACT_CONTAINER, STR("arguments"), &b, e);
}

static int add_environment(struct gather *g, struct err *e)
{
	const struct node *env =
		node_path(g->content.spec, "process", "env", NULL);

	for (const struct node *n = node_first(env); n; n = n->next) {
		struct str rest = node_text(n), name;

		if (str_cut(&rest, '=', &name) &&
			facts_add(&g->facts, FACT_ENVIRONMENT, name, rest, e) <
				0)
			return -1;
	}
	return 0;
}

static int add_mounts(struct gather *g, struct err *e)
{
	const struct node *list = node_get(g->content.spec, "mounts");

	for (const struct node *n = node_first(list); n; n = n->next) {
		AUTO_BUF struct buf b = buf_growing(VALUE_MAX);

		buf_str(&b, node_text(node_get(n, "type")));
		buf_byte(&b, ' ');
		buf_str(&b, node_text(node_get(n, "source")));
		buf_byte(&b, ' ');
		put_list(&b, node_get(n, "options"));
		if (add_text(g, FACT_MOUNT,
			    node_text(node_get(n, "destination")), &b, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- processes ---------------------------------------------------------- */

static int add_files(struct gather *g, uint32_t pid, struct err *e)
{
	const struct content *c = &g->content;
	uint32_t table = image_files_id(content_first(c, IMAGE_IDS, pid));
	struct str rest = content_messages(c, IMAGE_FDINFO, table), message;

	while (image_next(&rest, &message, NULL) == 1) {
		AUTO_BUF struct buf what = buf_growing(2 * PATH_MAX);
		struct image_fd f = image_fd(message);
		char room[32];
		struct buf key = buf_fixed(room, sizeof(room));

		buf_fmt(&key, "%u %u", pid, f.fd);
		image_put_file(&what, content_file(c, f.id));
		if (add_text(g, FACT_FILE, buf_view(&key), &what, e) < 0)
			return -1;
	}
	return 0;
}

static int add_process(struct gather *g, struct str message, struct err *e)
{
	struct image_process p = image_process(message);
	AUTO_BUF struct buf b = buf_growing(VALUE_MAX);
	char room[32];
	struct buf key = buf_fixed(room, sizeof(room));

	buf_fmt(&key, "%u", p.pid);
	buf_str(&b,
		image_command(content_first(&g->content, IMAGE_CORE, p.pid)));
	buf_fmt(&b, ", child of %u, %u threads", p.ppid, p.threads);
	if (add_text(g, FACT_PROCESS, buf_view(&key), &b, e) < 0)
		return -1;
	return add_files(g, p.pid, e);
}

static int add_processes(struct gather *g, struct err *e)
{
	struct str rest = content_messages(&g->content, IMAGE_PSTREE, 0);
	struct str message;
	int more;

	while ((more = image_next(&rest, &message, e)) == 1)
		if (add_process(g, message, e) < 0)
			return -1;
	return more;
}

/* ---- the root file system ----------------------------------------------- */

static int add_deleted(struct gather *g, struct err *e)
{
	for (const struct node *n = node_first(g->content.deleted); n;
		n = n->next)
		if (facts_add(&g->facts, FACT_ROOTFS, node_text(n),
			    STR("deleted"), e) < 0)
			return -1;
	return 0;
}

/* As much of the SHA-256 as tells files apart and people can read. */
static int put_hash(struct buf *b, struct pack_reader *r, struct err *e)
{
	static char room[COPY_BYTES];
	unsigned char hash[SHA256_BYTES];
	char hex[2 * SHOWN_BYTES + 1];
	struct sha256 s;
	long n;

	sha256_start(&s);
	while ((n = pack_read_bytes(r, room, sizeof(room), e)) > 0)
		sha256_add(&s, room, (size_t)n);
	sha256_finish(&s, hash);
	str_hex(hash, SHOWN_BYTES, hex);
	buf_fmt(b, ", sha256 %s", hex);
	return (int)n;
}

static const char *type_of(const struct pack_entry *entry)
{
	if (entry->link && !S_ISLNK(entry->mode))
		return "hard link";
	return S_ISREG(entry->mode)   ? "file"
	       : S_ISDIR(entry->mode) ? "directory"
	       : S_ISLNK(entry->mode) ? "link"
				      : "special file";
}

/* "file 0644 0:0, 12 bytes, sha256 ..." */
static int add_change(struct gather *g, struct pack_reader *r,
	const struct pack_entry *entry, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(VALUE_MAX);
	AUTO_BUF struct buf path = buf_growing(VALUE_MAX);

	buf_fmt(&path, "/%s", entry->path);
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	buf_fmt(&b, "%s %04o %u:%u", type_of(entry), entry->mode & 07777,
		entry->uid, entry->gid);
	if (entry->link)
		buf_fmt(&b, ", to %s", entry->link);
	if (entry->is_file) {
		buf_fmt(&b, ", %llu bytes", (unsigned long long)entry->size);
		if (put_hash(&b, r, e) < 0)
			return -1;
	}
	return add_text(g, FACT_ROOTFS, buf_view(&path), &b, e);
}

static int add_changes(struct walk *w, struct pack_reader *outer, struct err *e)
{
	static struct source inside; /* large; one in a process */
	struct pack_reader *r = NULL;
	struct pack_entry entry;
	int more = source_open_feed(&inside, pack_read_feed(outer), NULL, e);

	if (more == 0)
		more = pack_read_from(&r, &inside, e);
	while (more >= 0 && (more = pack_read_next(r, &entry, e)) == 1)
		if (add_change(w->g, r, &entry, e) < 0)
			more = -1;
	pack_read_close(r);
	source_close(&inside);
	return more < 0 ? err_at(e, CONTENT_CHANGES) : 0;
}

/* ---- the second pass ---------------------------------------------------- */

static int take_pages(void *self, const struct memory_map *map,
	uint64_t address, const void *bytes, size_t n, struct err *e)
{
	struct walk *w = self;

	(void)address;
	if (w->skips_memory)
		return 0;
	return memhash_put(&w->g->hashes, w->key, map, bytes, n, e);
}

static int take_other(void *self, struct pack_reader *r,
	const struct pack_entry *entry, struct err *e)
{
	if (strcmp(entry->path, CONTENT_CHANGES) != 0 || entry->size == 0)
		return 0;
	return add_changes(self, r, e);
}

static int read_twice(
	struct walk *w, const struct unwrap_place *p, struct err *e)
{
	const struct memwalk walk = {take_pages, take_other, w};
	struct gather *g = w->g;

	if (memwalk_read(p, &g->content, &g->memory, e) < 0)
		return -1;
	if (!w->skips_memory && memhash_start(&g->hashes, &g->memory, e) < 0)
		return -1;
	return memwalk_run(p, &g->memory, &walk, e);
}

int gather_archive(struct gather *g, const struct unwrap_place *p,
	const struct sha256 *key, bool skips_memory, struct err *e)
{
	struct walk w = {g, key, skips_memory};

	*g = (struct gather){.facts = facts_make()};
	if (read_twice(&w, p, e) < 0)
		return -1;
	if (add_container(g, e) < 0 || add_arguments(g, e) < 0 ||
		add_environment(g, e) < 0 || add_mounts(g, e) < 0 ||
		add_processes(g, e) < 0 || add_deleted(g, e) < 0)
		return err_at(e, "%s", p->path);
	return 0;
}

void gather_free(struct gather *g)
{
	memhash_free(&g->hashes);
	facts_free(&g->facts);
	content_free(&g->content);
}
