/*
 * model_file - sort the request's files by path, so that the result does not
 * depend on their order, and follow each one to its origin.
 */
#include "sbom/model/model_file.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/model/licence.h"
#include "sbom/model/model_package.h"
#include "sbom/trace/trace_program.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MODEL_PROGRAM_MAX = 256 << 20 };

static int model_find_pinned(struct model *m, const struct sbom_file *f,
	const struct lock_line **out, struct err *e)
{
	const struct lock_line *line =
		lock_file(&m->lock, str_base_name(f->name));

	*out = line == NULL ? NULL : lock_main(&m->lock, line->package);
	return *out == NULL ? err_kind(e, ERR_ABSENT,
				      "orphan: %.*s is said to come from %.*s, "
				      "which is not in the lock",
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

static int model_trace_program(struct model *m, const struct sbom_file *f,
	struct table *seen, struct err *e)
{
	const struct trace_basis basis = {&m->evidence, &m->lock, m->arena};
	struct model_program *p = &m->programs[m->n_programs++];
	AUTO_BUF struct buf bytes = buf_growing(MODEL_PROGRAM_MAX);
	struct trace_subject of = {.sha256 = f->sha256};
	struct licence_set set = {0};

	of.name = arena_copy(m->arena, f->path);
	if (of.name == NULL)
		return model_no_memory(e);
	if (f->place == NULL && f->bytes.n == 0)
		return err_set(e, "%s: no file to read it from", of.name);
	if (f->bytes.n == 0 && file_read(f->place, &bytes, e) < 0)
		return -1;
	of.bytes = f->bytes.n > 0 ? f->bytes : buf_view(&bytes);
	sha512_hex(of.bytes, p->sha512);
	sha1_git_hex(of.bytes, p->git);
	if (trace_program(&basis, &of, &p->trace, e) < 0)
		return -1;
	for (size_t i = 0; i < p->trace.n_objects; i++) {
		struct str licence;

		if (file_licence(&m->licences, p->trace.objects[i]->source,
			    &licence, e) < 0 ||
			licence_add(&set, licence, e) < 0)
			return -1;
	}
	p->has_unknown_licence = set.has_unknown;
	if (model_count_trace(m, &p->trace, seen, e) < 0)
		return -1;
	return licence_text(&set, m->arena, &p->licence, e);
}

static int model_add_file(struct model *m, const struct sbom_file *f,
	struct table *seen, struct err *e)
{
	struct model_file *to = &m->files[m->n_files++];
	struct model_package *package;
	const struct lock_line *line;

	*to = (struct model_file){.file = f, .licence = f->licence};
	if (f->licence.n == 0)
		to->licence = m->request->project->licence;
	if (f->origin == SBOM_UNTRACED && f->licence.n == 0)
		to->licence = STR(LICENCE_UNKNOWN);
	m->n_untraced += f->origin == SBOM_UNTRACED;
	if (model_check_file(f, e) < 0 ||
		model_id(m, "File", f->path, &to->id, e) < 0)
		return -1;
	if (f->origin == SBOM_PINNED) {
		if (model_find_pinned(m, f, &line, e) < 0)
			return -1;
		if (f->licence.n == 0)
			to->licence = line->licence;
		package = model_counted(m, line);
		if (package != NULL)
			package->files++;
	}
	if (f->origin == SBOM_PROGRAM) {
		if (model_trace_program(m, f, seen, e) < 0)
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

/* Files and links by path, without directories and the SBOM itself. */
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

int model_add_files(struct model *m, struct err *e)
{
	struct table seen = table_make(m->arena);
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
			return err_set(
				e, "%.*s occurs twice", STR_ARG(list[i]->path));
		if (model_add_file(m, list[i], &seen, e) < 0)
			return -1;
	}
	return 0;
}

void model_point_files(struct model *m)
{
	for (size_t i = 0; i < m->n_files; i++) {
		const struct lock_line *line;

		if (m->files[i].file->origin == SBOM_PINNED &&
			model_find_pinned(m, m->files[i].file, &line, NULL) ==
				0)
			m->files[i].package = model_package(m, line);
	}
}

static int model_path_order(const void *a, const void *b)
{
	const struct model_file *x = a, *y = b;

	return str_cmp(x->file->path, y->file->path);
}

int model_add_made(
	struct model *m, const struct sbom_file *files, size_t n, struct err *e)
{
	size_t old = m->n_files;
	struct model_file *all =
		arena_alloc(m->arena, (old + n + 1) * sizeof(*all));

	if (all == NULL)
		return model_no_memory(e);
	if (old > 0)
		memcpy(all, m->files, old * sizeof(*all));
	m->files = all;
	for (size_t i = 0; i < n; i++)
		if (model_add_file(m, &files[i], NULL, e) < 0)
			return -1;
	qsort(all, m->n_files, sizeof(*all), model_path_order);
	for (size_t i = 1; i < m->n_files; i++)
		if (str_eq(all[i].file->path, all[i - 1].file->path))
			return err_set(e, "%.*s occurs twice",
				STR_ARG(all[i].file->path));
	return 0;
}
