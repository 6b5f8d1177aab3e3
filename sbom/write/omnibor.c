/*
 * omnibor - manifests from the leaves up.
 *
 * A manifest needs those of its inputs first: files are worked off by a stack,
 * a file with its next input, without recursion.  Manifests are named by their
 * own digest, so they are written as they come; the index is written last and
 * as a whole.
 */
#include "sbom/write/omnibor.h"

#include "lib/base/fd.h"
#include "sbom/evidence/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	OMNIBOR_PATH_BYTES = 2048,
	OMNIBOR_MANIFEST_MAX = 64 << 20,
	OMNIBOR_TARGETS_MAX = 256 << 20,
	OMNIBOR_ARENA_MAX = 1 << 30,
};

struct omnibor_file {
	struct str id;
	struct str manifest; /* empty: none, a leaf */
	bool is_done, is_open;
};

/* A file whose inputs are being worked off. */
struct omnibor_frame {
	uint32_t file;
	size_t next; /* input */
};

struct omnibor {
	const struct graph *g;
	const struct omnibor_wish *wish;
	struct arena *arena;
	struct omnibor_file *files;
	struct omnibor_frame *stack;
	size_t depth;
	struct table seen; /* ids of artifacts and manifests */
	struct omnibor_sums *sums;
};

static const char *omnibor_hash(const struct omnibor *o)
{
	return o->wish->hash == GIT_SHA1 ? "sha1" : "sha256";
}

/* ---- what a file was made from ---- */

static bool omnibor_is_archive(const struct graph *g, uint32_t file)
{
	int64_t step = g->files[file].step;

	return str_has_suffix(g->files[file].name, STR(".a")) ||
	       (step >= 0 && g->steps[step].kind == GRAPH_ARCHIVE);
}

/* Input i of the step that made a file: 1, 0 at the end, -1 skip this one. */
static int omnibor_input(
	const struct omnibor *o, uint32_t file, size_t i, uint32_t *out)
{
	const struct graph_step *s = &o->g->steps[o->g->files[file].step];
	bool is_linked = o->wish->has_linked_only && s->taken.n > 0;

	if (i < s->inputs.n) {
		*out = s->inputs.list[i];
		return is_linked && omnibor_is_archive(o->g, *out) ? -1 : 1;
	}
	i -= s->inputs.n;
	if (!is_linked || i >= s->taken.n)
		return 0;
	*out = s->taken.list[i];
	return 1;
}

/* ---- ids ---- */

static int omnibor_keep(
	struct omnibor *o, const char *hex, struct str *out, struct err *e)
{
	*out = str_of(arena_copy(o->arena, str_of(hex)));
	return out->p == NULL ? graph_no_memory(e) : 0;
}

/* Is this id new?  Then note it. 1, 0 or -1. */
static int omnibor_is_new(struct omnibor *o, struct str id, struct err *e)
{
	if (table_find(&o->seen, id) != NULL)
		return 0;
	return table_add(&o->seen, id, 0) < 0 ? graph_no_memory(e) : 1;
}

static int omnibor_identify(struct omnibor *o, uint32_t file, struct err *e)
{
	struct omnibor_file *f = &o->files[file];
	char hex[GIT_ID_HEX + 1];
	struct str whole, bytes;
	int is_new;

	if (f->id.n > 0)
		return 0;
	if (graph_bytes(o->g, file, &whole, &bytes, e) < 0)
		return -1;
	git_id(o->wish->hash, bytes, hex);
	mapped_close(whole);
	if (omnibor_keep(o, hex, &f->id, e) < 0)
		return -1;
	is_new = omnibor_is_new(o, f->id, e);
	o->sums->artifacts += is_new > 0;
	return is_new < 0 ? -1 : 0;
}

/* ---- manifests ---- */

static int omnibor_line_order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Sort lines and write each once. */
static void omnibor_put_sorted(struct str *lines, size_t n, struct buf *out)
{
	if (n > 1)
		qsort(lines, n, sizeof(*lines), omnibor_line_order);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && str_eq(lines[i], lines[i - 1]))
			continue;
		buf_str(out, lines[i]);
		buf_byte(out, '\n');
	}
}

static int omnibor_line(struct omnibor *o, const struct omnibor_file *f,
	const char *between, struct str *out, struct err *e)
{
	char text[2 * GIT_ID_HEX + 32];
	struct buf b = buf_fixed(text, sizeof(text));

	buf_str(&b, f->id);
	if (f->manifest.n > 0) {
		buf_text(&b, between);
		buf_str(&b, f->manifest);
	}
	return omnibor_keep(o, buf_cstr(&b), out, e);
}

static int omnibor_manifest(
	struct omnibor *o, uint32_t file, struct buf *out, struct err *e)
{
	const struct graph_step *s = &o->g->steps[o->g->files[file].step];
	size_t n = 0;
	struct str *lines = arena_alloc(
		o->arena, (s->inputs.n + s->taken.n + 1) * sizeof(*lines));
	uint32_t in;
	int more;

	if (lines == NULL)
		return graph_no_memory(e);
	for (size_t i = 0; (more = omnibor_input(o, file, i, &in)) != 0; i++)
		if (more > 0 && omnibor_line(o, &o->files[in], " manifest ",
					&lines[n++], e) < 0)
			return -1;
	buf_fmt(out, "gitoid:blob:%s\n", omnibor_hash(o));
	omnibor_put_sorted(lines, n, out);
	return out->full ? graph_no_memory(e) : 0;
}

/* Under a temporary name, then its own: whoever looks sees all of it. */
static int omnibor_put_file(const char *path, struct str text, struct err *e)
{
	char part[OMNIBOR_PATH_BYTES];
	struct buf b = buf_fixed(part, sizeof(part));
	AUTO_FD int fd = -1;

	buf_fmt(&b, "%s.%ld", path, (long)getpid());
	fd = open(buf_cstr(&b), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "%s", part);
	if (fd_write(fd, text.p, text.n, e) < 0)
		return err_at(e, "%s", part);
	return rename(part, path) < 0 ? err_sys(e, "%s", path) : 0;
}

static int omnibor_store(
	struct omnibor *o, struct str id, struct str text, struct err *e)
{
	char path[OMNIBOR_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_fmt(&b, "%s/manifests/gitoid_blob_%s/%.2s", o->wish->dir,
		omnibor_hash(o), id.p);
	if (mkdir(buf_cstr(&b), 0755) < 0 && errno != EEXIST)
		return err_sys(e, "%s", path);
	buf_fmt(&b, "/%s", id.p + 2);
	if (b.full)
		return err_kind(
			e, ERR_LIMIT, "%s: path too long", o->wish->dir);
	return omnibor_put_file(buf_cstr(&b), text, e);
}

/* All inputs of a file are done: so is its manifest. */
static int omnibor_finish(struct omnibor *o, uint32_t file, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(OMNIBOR_MANIFEST_MAX);
	struct omnibor_file *f = &o->files[file];
	char hex[GIT_ID_HEX + 1];
	int is_new;

	f->is_done = true;
	f->is_open = false;
	if (o->g->files[file].step == GRAPH_NONE)
		return 0;
	if (omnibor_manifest(o, file, &text, e) < 0)
		return -1;
	git_id(o->wish->hash, buf_view(&text), hex);
	if (omnibor_keep(o, hex, &f->manifest, e) < 0)
		return -1;
	is_new = omnibor_is_new(o, f->manifest, e);
	o->sums->manifests += is_new > 0;
	return is_new <= 0 ? is_new
			   : omnibor_store(o, f->manifest, buf_view(&text), e);
}

/* Put a file on the stack; one that is there already, or done, stays. */
static int omnibor_push(struct omnibor *o, uint32_t file, struct err *e)
{
	struct omnibor_file *f = &o->files[file];

	if (f->is_done || f->is_open)
		return 0;
	if (omnibor_identify(o, file, e) < 0)
		return -1;
	f->is_open = true;
	o->stack[o->depth++] = (struct omnibor_frame){.file = file};
	return 0;
}

static int omnibor_walk(struct omnibor *o, struct err *e)
{
	if (omnibor_push(o, 0, e) < 0)
		return -1;
	while (o->depth > 0) {
		struct omnibor_frame *top = &o->stack[o->depth - 1];
		uint32_t in;
		int more =
			o->g->files[top->file].step == GRAPH_NONE
				? 0
				: omnibor_input(o, top->file, top->next++, &in);

		if (more > 0 && omnibor_push(o, in, e) < 0)
			return -1;
		if (more != 0)
			continue;
		o->depth--;
		if (omnibor_finish(o, top->file, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- the index ---- */

static size_t omnibor_count_lines(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n + 1;
}

/* The lines of this graph and those that were there, each once. */
static int omnibor_index(
	struct omnibor *o, struct str before, struct buf *out, struct err *e)
{
	size_t n = 0, room = o->g->n_files + omnibor_count_lines(before);
	struct str *lines = arena_alloc(o->arena, room * sizeof(*lines));
	struct str line;

	if (lines == NULL)
		return graph_no_memory(e);
	while (str_cut(&before, '\n', &line))
		if (line.n > 0)
			lines[n++] = line;
	for (size_t i = 0; i < o->g->n_files; i++)
		if (o->files[i].manifest.n > 0 &&
			omnibor_line(o, &o->files[i], " ", &lines[n++], e) < 0)
			return -1;
	omnibor_put_sorted(lines, n, out);
	return out->full ? graph_no_memory(e) : 0;
}

static int omnibor_write_index(struct omnibor *o, struct err *e)
{
	AUTO_BUF struct buf before = buf_growing(OMNIBOR_TARGETS_MAX);
	AUTO_BUF struct buf after = buf_growing(OMNIBOR_TARGETS_MAX);
	char path[OMNIBOR_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_fmt(&b, "%s/targets", o->wish->dir);
	if (access(buf_cstr(&b), F_OK) == 0 && file_read(path, &before, e) < 0)
		return -1;
	if (omnibor_index(o, buf_view(&before), &after, e) < 0)
		return -1;
	return file_write(path, buf_view(&after), 0644, e);
}

/* ---- all of it ---- */

static int omnibor_start(struct omnibor *o, struct err *e)
{
	size_t n = o->g->n_files + 1;
	char path[OMNIBOR_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	o->files = arena_alloc(o->arena, n * sizeof(*o->files));
	o->stack = arena_alloc(o->arena, n * sizeof(*o->stack));
	if (o->files == NULL || o->stack == NULL)
		return graph_no_memory(e);
	buf_fmt(&b, "%s/manifests/gitoid_blob_%s", o->wish->dir,
		omnibor_hash(o));
	if (b.full)
		return err_kind(
			e, ERR_LIMIT, "%s: path too long", o->wish->dir);
	return dir_make(buf_cstr(&b), 0755, e);
}

int omnibor_write(const struct graph *g, const struct omnibor_wish *wish,
	struct omnibor_sums *out, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(OMNIBOR_ARENA_MAX);
	struct omnibor o = {.g = g,
		.wish = wish,
		.arena = &a,
		.seen = table_make(&a),
		.sums = out};

	*out = (struct omnibor_sums){0};
	if (omnibor_start(&o, e) < 0 || omnibor_walk(&o, e) < 0 ||
		omnibor_write_index(&o, e) < 0)
		return -1;
	str_copy(o.files[0].id, out->artifact, sizeof(out->artifact));
	str_copy(o.files[0].manifest, out->manifest, sizeof(out->manifest));
	return 0;
}
