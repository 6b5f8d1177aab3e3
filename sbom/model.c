/*
 * model - one image: its files, and all that was traced behind them.
 *
 * How: the programs are traced one after the other; then each list of the
 * model is filled from all traces in their sorted order, so the result does
 * not depend on the order of the request.  Sources and patches are read once
 * more: SPDX wants their SHA-1, and their SHA-256 must be the recorded one.
 *
 * What it refuses: an image file without origin or digest, a pinned origin
 * that the lock does not have, a source that is gone or changed.
 */
#include "sbom/model.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/model_parts.h"

#include <stdlib.h>
#include <sys/stat.h>

enum {
	MODEL_LOCK_MAX = 1 << 20,
	MODEL_SOURCE_MAX = 64 << 20,
};

int model_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the SBOM");
}

/* ---- names ---- */

static bool model_is_id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.';
}

int model_id(struct model *m, const char *prefix, struct str text,
	struct str *out, struct err *e)
{
	char memory[MODEL_ID_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "SPDXRef-%s-", prefix);
	for (size_t i = 0; i < text.n; i++)
		buf_byte(&b, model_is_id_char(text.p[i]) ? text.p[i] : '-');
	if (table_find(&m->ids, buf_view(&b)) != NULL) {
		sha256_hex(text, hex);
		buf_fmt(&b, "-%.16s", hex);
	}
	*out = (struct str){arena_copy(m->arena, buf_view(&b)), b.n};
	if (b.full || out->p == NULL)
		return err_kind(
			e, ERR_LIMIT, "%.*s: name too long", STR_ARG(text));
	return table_add(&m->ids, *out, 0) < 0 ? model_no_memory(e) : 0;
}

struct str model_base_name(struct str path)
{
	struct str part = path;

	while (str_cut(&path, '/', &part))
		;
	return part;
}

/* ---- digests ---- */

int model_digest(const struct model *m, struct evidence_made *f,
	char sha1[SHA1_HEX + 1], struct err *e)
{
	AUTO_BUF struct buf bytes = buf_growing(MODEL_SOURCE_MAX);
	char path[MODEL_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));

	if (!str_has_prefix(f->path, STR("/")))
		buf_fmt(&b, "%s/", m->request->root);
	buf_str(&b, f->path);
	if (file_read(buf_cstr(&b), &bytes, e) < 0)
		return -1;
	sha256_hex(buf_view(&bytes), hex);
	if (f->sha256.n == 0)
		f->sha256 = str_of(arena_copy(m->arena, str_of(hex)));
	if (!str_is(f->sha256, hex))
		return err_kind(e, ERR_INPUT,
			"%.*s was changed since it was compiled: sha256 is "
			"%s, was %.*s",
			STR_ARG(f->path), hex, STR_ARG(f->sha256));
	sha1_hex(buf_view(&bytes), sha1);
	return 0;
}

/* ---- licences ---- */

/* gcc's start files and runtime library carry its runtime exception. */
static const struct str model_gcc_place = {"/usr/lib/gcc", 12};
static const struct str model_gcc_licence = {
	"GPL-3.0-or-later WITH GCC-exception-3.1", 39};

struct str model_licence(const struct origin *o, struct str path)
{
	if (o->package != NULL)
		return o->package->licence;
	if (o->kind != ORIGIN_HOST)
		return STR(LICENCE_OURS);
	if (str_has_prefix(path, model_gcc_place))
		return model_gcc_licence;
	return STR(LICENCE_UNKNOWN);
}

/* ---- looking up ---- */

const struct model_package *model_package(
	const struct model *m, const struct lock_line *line)
{
	for (size_t i = 0; i < m->n_packages; i++)
		if (line != NULL && m->packages[i].line == line)
			return &m->packages[i];
	return NULL;
}

const struct model_library *model_library(
	const struct model *m, const struct trace_library *lib)
{
	for (size_t i = 0; i < m->n_libraries; i++)
		if (str_eq(m->libraries[i].file.sha256, lib->file.sha256))
			return &m->libraries[i];
	return NULL;
}

const struct model_source *model_source(
	const struct model *m, const struct trace_file *file)
{
	const struct table_entry *t =
		table_find(&m->by_source, file->file.sha256);

	for (; t != NULL; t = table_next(&m->by_source, t))
		if (str_eq(m->sources[t->value].file->file.path,
			    file->file.path))
			return &m->sources[t->value];
	return NULL;
}

const struct model_host *model_host(const struct model *m, struct str package)
{
	for (size_t i = 0; i < m->n_hosts; i++)
		if (str_eq(m->hosts[i].record->package, package))
			return &m->hosts[i];
	return NULL;
}

/* ---- packages ---- */

static struct model_package *model_count(
	struct model *m, const struct lock_line *line)
{
	for (size_t i = 0; i < m->n_packages; i++)
		if (line != NULL && m->packages[i].line == line)
			return &m->packages[i];
	return NULL;
}

static int model_package_order(const void *a, const void *b)
{
	const struct model_package *x = a, *y = b;

	return str_cmp(x->line->package, y->line->package);
}

static int model_list_packages(struct model *m, struct err *e)
{
	m->packages =
		arena_alloc(m->arena, (m->lock.n + 1) * sizeof(*m->packages));
	if (m->packages == NULL)
		return model_no_memory(e);
	for (size_t i = 0; i < m->lock.n; i++) {
		const struct lock_line *l = &m->lock.lines[i];

		if (l->role != LOCK_PATCHES)
			m->packages[m->n_packages++] = (struct model_package){
				.line = l,
				.patches = lock_patches(&m->lock, l->package),
			};
	}
	qsort(m->packages, m->n_packages, sizeof(*m->packages),
		model_package_order);
	return 0;
}

/* Sources and headers count once, objects in each program. */
static int model_count_trace(
	struct model *m, const struct trace *t, struct err *e)
{
	struct model_package *p;

	for (size_t i = 0; i < t->n_files; i++) {
		const struct trace_file *f = t->files[i];

		p = model_count(m, f->origin.package);
		if (p == NULL || f->is_source ||
			table_find(&m->seen, f->file.path) != NULL)
			continue;
		if (table_add(&m->seen, f->file.path, 0) < 0)
			return model_no_memory(e);
		p->headers++;
	}
	for (size_t i = 0; i < t->n_objects; i++) {
		p = model_count(m, t->objects[i]->source->origin.package);
		if (p != NULL)
			p->objects++;
	}
	return 0;
}

/* Forget the packages that nothing came from; name the others. */
static int model_keep_packages(struct model *m, struct err *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n_packages; i++) {
		struct model_package *p = &m->packages[i];

		if (p->objects + p->headers + p->files == 0)
			continue;
		if (model_id(m, "Source", p->line->package, &p->id, e) < 0 ||
			model_id(m, "Patches", p->line->package, &p->patches_id,
				e) < 0)
			return -1;
		m->packages[kept++] = *p;
	}
	m->n_packages = kept;
	return 0;
}

/* ---- files of the image ---- */

static int model_find_pinned(struct model *m, const struct sbom_file *f,
	const struct lock_line **out, struct err *e)
{
	const struct lock_line *line =
		lock_file(&m->lock, model_base_name(f->name));

	*out = line == NULL ? NULL : lock_main(&m->lock, line->package);
	return *out == NULL ? err_kind(e, ERR_ABSENT,
				      "orphan: %.*s is said to come from %.*s, "
				      "which the "
				      "lock does not have",
				      STR_ARG(f->path), STR_ARG(f->name))
			    : 0;
}

static int model_check_file(const struct sbom_file *f, struct err *e)
{
	bool is_regular = S_ISREG(f->mode);

	if (is_regular && (f->sha256.n != SHA256_HEX || f->sha1.n != SHA1_HEX))
		return err_set(e, "%.*s: no digests given", STR_ARG(f->path));
	if (!is_regular && !S_ISLNK(f->mode))
		return err_set(
			e, "%.*s: neither a file nor a link", STR_ARG(f->path));
	if (f->name.n == 0)
		return err_kind(e, ERR_ABSENT, "orphan: %.*s has no origin",
			STR_ARG(f->path));
	return 0;
}

static int model_trace_program(
	struct model *m, const struct sbom_file *f, struct err *e)
{
	struct model_program *p = &m->programs[m->n_programs++];
	struct licence_set set = {0};

	p->file = f;
	if (trace_program(&m->evidence, &m->lock, m->request->root, f->sha256,
		    arena_copy(m->arena, f->path), m->arena, &p->trace, e) < 0)
		return -1;
	for (size_t i = 0; i < p->trace.n_objects; i++) {
		const struct trace_file *s = p->trace.objects[i]->source;

		if (licence_add(&set, model_licence(&s->origin, s->file.path),
			    e) < 0)
			return -1;
	}
	p->has_unknown_licence = set.has_unknown;
	if (model_count_trace(m, &p->trace, e) < 0)
		return -1;
	return licence_text(&set, m->arena, &p->licence, e);
}

static int model_add_file(
	struct model *m, const struct sbom_file *f, struct err *e)
{
	struct model_file *to = &m->files[m->n_files++];
	struct model_package *package;
	const struct lock_line *line;

	*to = (struct model_file){.file = f, .licence = f->licence};
	if (f->licence.n == 0)
		to->licence = STR(LICENCE_OURS);
	if (model_check_file(f, e) < 0 ||
		model_id(m, "File", f->path, &to->id, e) < 0)
		return -1;
	if (f->origin == SBOM_PINNED) {
		if (model_find_pinned(m, f, &line, e) < 0)
			return -1;
		to->licence = line->licence;
		package = model_count(m, line);
		if (package != NULL)
			package->files++;
	}
	if (f->origin == SBOM_PROGRAM) {
		if (model_trace_program(m, f, e) < 0)
			return -1;
		to->program = &m->programs[m->n_programs - 1];
		to->licence = to->program->licence;
	}
	return 0;
}

static int model_file_order(const void *a, const void *b)
{
	const struct sbom_file *x = *(const struct sbom_file *const *)a;
	const struct sbom_file *y = *(const struct sbom_file *const *)b;

	return str_cmp(x->path, y->path);
}

/* Files and links, by path; the SBOM itself and directories are not. */
static int model_sort_files(struct model *m, const struct sbom_file ***out,
	size_t *n, struct err *e)
{
	const struct sbom_request *r = m->request;
	const struct sbom_file **list =
		arena_alloc(m->arena, (r->n_files + 1) * sizeof(*list));

	if (list == NULL)
		return model_no_memory(e);
	*n = 0;
	for (size_t i = 0; i < r->n_files; i++)
		if (!S_ISDIR(r->files[i].mode) &&
			!(r->self && str_is(r->files[i].path, r->self)))
			list[(*n)++] = &r->files[i];
	if (*n > 1)
		qsort(list, *n, sizeof(struct sbom_file *), model_file_order);
	*out = list;
	return 0;
}

static int model_add_files(struct model *m, struct err *e)
{
	const struct sbom_file **list = NULL;
	size_t n = 0;

	if (model_sort_files(m, &list, &n, e) < 0)
		return -1;
	m->files = arena_alloc(m->arena, (n + 1) * sizeof(*m->files));
	m->programs = arena_alloc(m->arena, (n + 1) * sizeof(*m->programs));
	if (m->files == NULL || m->programs == NULL)
		return model_no_memory(e);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && str_eq(list[i]->path, list[i - 1]->path))
			return err_set(e, "%.*s is there twice",
				STR_ARG(list[i]->path));
		if (model_add_file(m, list[i], e) < 0)
			return -1;
	}
	return 0;
}

/* Now that the packages that stay have their place. */
static void model_point_files(struct model *m)
{
	for (size_t i = 0; i < m->n_files; i++) {
		const struct lock_line *line;

		if (m->files[i].file->origin == SBOM_PINNED &&
			model_find_pinned(m, m->files[i].file, &line, NULL) ==
				0)
			m->files[i].package = model_package(m, line);
	}
}

/* ---- the whole ---- */

static int model_read_lock(struct model *m, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(MODEL_LOCK_MAX);
	const char *copy;

	if (file_read(m->request->lock, &text, e) < 0)
		return -1;
	copy = arena_copy(m->arena, buf_view(&text));
	if (copy == NULL)
		return model_no_memory(e);
	if (lock_parse(str_of(copy), m->arena, &m->lock, e) < 0)
		return err_at(e, "%s", m->request->lock);
	return 0;
}

static bool model_has_programs(const struct sbom_request *r)
{
	for (size_t i = 0; i < r->n_files; i++)
		if (r->files[i].origin == SBOM_PROGRAM)
			return true;
	return false;
}

static int model_sum_licences(struct model *m, struct err *e)
{
	struct licence_set set = {0};

	for (size_t i = 0; i < m->n_files; i++)
		if (licence_add(&set, m->files[i].licence, e) < 0)
			return -1;
	return licence_text(&set, m->arena, &m->licence, e);
}

static int model_fill(struct model *m, struct err *e)
{
	if (model_read_lock(m, e) < 0 || model_list_packages(m, e) < 0)
		return -1;
	if (model_has_programs(m->request) &&
		evidence_open(m->request->evidence, m->arena, &m->evidence, e) <
			0)
		return -1;
	if (model_add_files(m, e) < 0 || model_keep_packages(m, e) < 0)
		return -1;
	model_point_files(m);
	for (size_t i = 0; i < m->n_programs; i++)
		if (model_add_trace(m, &m->programs[i].trace, e) < 0)
			return -1;
	if (model_add_patches(m, e) < 0)
		return -1;
	return model_sum_licences(m, e);
}

int model_make(const struct sbom_request *r, struct arena *a, struct model *out,
	struct err *e)
{
	*out = (struct model){
		.arena = a,
		.request = r,
		.ids = table_make(a),
		.by_source = table_make(a),
		.seen = table_make(a),
	};
	if (model_fill(out, e) == 0)
		return 0;
	model_close(out);
	return -1;
}

void model_close(struct model *m)
{
	evidence_close(&m->evidence);
}
