/*
 * subject - an image is read twice: for the digests of its files, then for the
 * bytes of those that are programs built here.
 */
#include "images/cmd/subject.h"

#include "images/read/listing_layer.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/regular.h"

#include <stdlib.h>
#include <sys/stat.h>

enum {
	SUBJECT_PROGRAM_MAX = 256 << 20,
	SUBJECT_EXECUTABLE = 0111,
};

static int subject_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the programs");
}

/* ---- one program ---- */

static int subject_read_symbols(struct subject_program *p, struct err *e)
{
	p->unstripped = buf_growing(SUBJECT_PROGRAM_MAX);
	if (traced_unstripped(&p->traced, &p->unstripped, e) < 0)
		return -1;
	return p->unstripped.n == 0
		       ? 0
		       : symbols_open(buf_view(&p->unstripped), &p->symbols, e);
}

/* The next program, whose name and bytes are in its `traced` already. */
static int subject_trace(struct subject *s, struct err *e)
{
	struct subject_program *p = &s->programs[s->n];

	if (traced_trace(s->tracing, &p->traced, e) < 0 ||
		subject_read_symbols(p, e) < 0)
		return -1;
	s->judged[s->n++] = (struct vex_program){.name = p->traced.path,
		.why = {.trace = &p->traced.trace, .symbols = &p->symbols}};
	return 0;
}

static int subject_make_room(struct subject *s, struct err *e)
{
	s->programs = calloc(SUBJECT_PROGRAMS_MAX, sizeof(*s->programs));
	s->judged = calloc(SUBJECT_PROGRAMS_MAX, sizeof(*s->judged));
	return s->programs == NULL || s->judged == NULL ? subject_no_memory(e)
							: 0;
}

static int subject_open_program(
	struct subject *s, const char *path, struct err *e)
{
	const char *name =
		arena_copy(&s->tracing->arena, str_base_name(str_of(path)));
	struct traced *t = &s->programs[0].traced;

	if (name == NULL)
		return subject_no_memory(e);
	*t = (struct traced){
		.path = name, .bytes = buf_growing(SUBJECT_PROGRAM_MAX)};
	if (file_read(path, &t->bytes, e) < 0 || subject_trace(s, e) < 0)
		return -1;
	s->product.name = str_of(name);
	s->product.sha256 = t->sha256;
	return 0;
}

/* ---- the programs of an image ---- */

struct subject_reader {
	struct subject *s;
	const struct listing *layer;
	struct buf *bytes; /* of the program that is being read; NULL */
	char head[4];      /* of a file that the evidence does not know */
	size_t n_head;
	bool is_known; /* nothing of the file is to be read */
};

/* Did a recorded command make it? */
static bool subject_is_made(
	const struct subject_reader *r, const struct tar_entry *t)
{
	const struct listed *x = listing_find(r->layer, t->path);

	return x != NULL && table_find(&r->s->tracing->evidence.by_output,
				    str_of(x->sha256)) != NULL;
}

static int subject_on_entry(
	void *self, const struct tar_entry *t, struct err *e)
{
	struct subject_reader *r = self;
	struct arena *a = &r->s->tracing->arena;
	char memory[TAR_PATH_BYTES + 1];
	struct buf name = buf_fixed(memory, sizeof(memory));
	struct traced *to;

	r->bytes = NULL;
	r->n_head = 0;
	r->is_known = t->type != TAR_FILE || subject_is_made(r, t);
	if (t->type != TAR_FILE || !r->is_known ||
		(t->mode & SUBJECT_EXECUTABLE) == 0)
		return 0;
	if (r->s->n == SUBJECT_PROGRAMS_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d programs",
			SUBJECT_PROGRAMS_MAX);
	buf_fmt(&name, "/%.*s", STR_ARG(t->path));
	to = &r->s->programs[r->s->n].traced;
	*to = (struct traced){.path = arena_copy(a, buf_view(&name)),
		.bytes = buf_growing(SUBJECT_PROGRAM_MAX)};
	if (to->path == NULL || name.full)
		return subject_no_memory(e);
	r->bytes = &to->bytes;
	r->s->n++;
	return 0;
}

/* A file that the evidence does not know: count it when it is an ELF file. */
static void subject_read_head(
	struct subject_reader *r, const char *bytes, size_t n)
{
	const size_t whole = sizeof(r->head);

	if (r->n_head == whole)
		return;
	for (size_t i = 0; i < n && r->n_head < whole; i++)
		r->head[r->n_head++] = bytes[i];
	if (r->n_head == whole &&
		str_eq((struct str){r->head, whole}, STR("\177ELF")))
		r->s->product.n_unknown++;
}

static int subject_on_data(
	void *self, const void *bytes, size_t n, struct err *e)
{
	struct subject_reader *r = self;

	if (!r->is_known)
		subject_read_head(r, bytes, n);
	if (r->bytes == NULL)
		return 0;
	buf_put(r->bytes, bytes, n);
	return r->bytes->full ? subject_no_memory(e) : 0;
}

static int subject_read_layer(struct subject *s, struct err *e)
{
	AUTO_LISTING struct listing layer = {0};
	struct subject_reader r = {.s = s, .layer = &layer};
	const struct tar_visitor visitor = {
		subject_on_entry, subject_on_data, &r};
	size_t n;

	if (listing_layer(&s->view, &s->tracing->arena, &layer, e) < 0 ||
		view_layer(&s->view, &visitor, e) < 0)
		return -1;
	n = s->n;
	for (s->n = 0; s->n < n;)
		if (subject_trace(s, e) < 0)
			return -1;
	return 0;
}

/* ---- the image itself ---- */

/* "localhost/keelson/pause:0.1.0": what is before the tag. */
static struct str subject_repository(struct str name)
{
	size_t colon = name.n;

	while (colon > 0 && name.p[colon - 1] != ':' &&
		name.p[colon - 1] != '/')
		colon--;
	return colon > 0 && name.p[colon - 1] == ':'
		       ? str_sub(name, 0, colon - 1)
		       : name;
}

static void subject_name(struct subject *s, const char *path)
{
	struct vex_product *p = &s->product;
	struct str digest = str_of(view_digest(s->view.image));
	struct str file = str_of(path);

	while (str_has_suffix(file, STR("/")))
		file.n--;
	p->is_image = true;
	p->repository = subject_repository(
		view_annotation(&s->view, "io.containerd.image.name"));
	p->name = str_base_name(p->repository.n > 0 ? p->repository : file);
	p->version = view_annotation(&s->view, OCI_KEY("version"));
	p->sha256 = str_sub(digest, str_find(digest, ':') + 1, digest.n);
	s->created = node_text(node_get(s->view.config, "created"));
}

/* Does it begin as an ELF file does? */
static int subject_is_elf(const char *path, bool *is_elf, struct err *e)
{
	AUTO_FD int fd = -1;
	char magic[4] = {0};
	struct stat st;

	*is_elf = false;
	if (stat(path, &st) < 0)
		return err_sys(e, "%s", path);
	if (S_ISDIR(st.st_mode) || st.st_size < (off_t)sizeof(magic))
		return 0;
	if (regular_open(path, &fd, e) < 0 ||
		fd_read(fd, magic, sizeof(magic), e) < 0)
		return err_at(e, "%s", path);
	*is_elf = str_eq((struct str){magic, 4}, STR("\177ELF"));
	return 0;
}

int subject_open(
	struct tracing *t, const char *path, struct subject *out, struct err *e)
{
	bool is_elf;

	*out = (struct subject){.tracing = t, .product = {.path = path}};
	if (subject_make_room(out, e) < 0 ||
		subject_is_elf(path, &is_elf, e) < 0)
		return -1;
	if (is_elf)
		return subject_open_program(out, path, e);
	if (view_open_one(path, &(struct choice){.platform = t->platform},
		    &out->view, e) < 0)
		return -1;
	subject_name(out, path);
	return subject_read_layer(out, e) < 0 ? err_at(e, "%s", path) : 0;
}

void subject_close(struct subject *s)
{
	for (size_t i = 0; s->programs != NULL && i < SUBJECT_PROGRAMS_MAX;
		i++) {
		traced_close(&s->programs[i].traced);
		buf_free(&s->programs[i].unstripped);
	}
	free(s->programs);
	free(s->judged);
	view_close(&s->view);
}
