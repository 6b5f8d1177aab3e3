/*
 * trace_needed - the libraries are among the inputs of the link that the map
 * says nothing of.
 */
#include "sbom/trace/trace_needed.h"

#include "lib/arc/elf.h"
#include "lib/base/buf.h"
#include "sbom/evidence/mapped.h"
#include "sbom/trace/trace_file.h"

#include <elf.h>

enum { NEEDED_PATH_BYTES = 4096 };

/* The name of a shared library, which is its file's without DT_SONAME; empty
   for other files. */
static int needed_soname(struct tracer *tr, struct str path, struct str bytes,
	struct str *out, struct err *e)
{
	struct str name = str_base_name(path);
	uint64_t at;
	struct elf elf;

	*out = (struct str){0};
	if (elf_open(bytes, &elf, NULL) < 0 || elf.type != ET_DYN)
		return 0;
	if (elf_find_dynamic(&elf, DT_SONAME, &at))
		name = elf_dynamic_text(&elf, at);
	return tracer_keep(tr, name, out, e);
}

static int needed_read_soname(struct tracer *tr, struct evidence_made f,
	struct str *out, struct err *e)
{
	bool is_absolute = str_has_prefix(f.path, STR("/"));
	char path[NEEDED_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));
	struct str bytes;
	int rc;

	*out = (struct str){0};
	buf_fmt(&b, "%s%s%.*s", is_absolute ? "" : tr->t->basis.evidence->root,
		is_absolute ? "" : "/", STR_ARG(f.path));
	if (b.full || mapped_open(buf_cstr(&b), &bytes, NULL) < 0)
		return 0;
	rc = needed_soname(tr, f.path, bytes, out, e);
	mapped_close(bytes);
	return rc;
}

static int needed_add(
	struct tracer *tr, struct trace_needed needed, struct err *e)
{
	struct trace *t = tr->t;
	struct trace_needed *list = arena_grow(t->basis.arena, t->needed,
		t->n_needed, &t->needed_room, sizeof(*list));

	if (list == NULL ||
		tracer_keep(tr, needed.name, &list[t->n_needed].name, e) < 0)
		return tracer_no_memory(e);
	t->needed = list;
	t->n_needed++;
	return 0;
}

static int needed_list(struct tracer *tr, struct str program, struct err *e)
{
	struct elf elf;

	if (elf_open(program, &elf, e) < 0)
		return -1;
	for (size_t i = 0; i < elf.n_dynamic; i++) {
		struct elf_dynamic d = elf_dynamic(&elf, i);
		struct trace_needed needed = {0};

		if (d.tag != DT_NEEDED)
			continue;
		needed.name = elf_dynamic_text(&elf, d.value);
		if (needed_add(tr, needed, e) < 0)
			return -1;
	}
	return 0;
}

int trace_needed(struct tracer *tr, struct str program, struct err *e)
{
	const struct link *l = &tr->program->link;
	struct trace *t = tr->t;

	if (needed_list(tr, program, e) < 0)
		return -1;
	for (size_t i = 0; i < l->n_others && t->n_needed > 0; i++) {
		struct trace_file *file;
		struct str name;

		if (needed_read_soname(tr, l->others[i], &name, e) < 0 ||
			trace_file(tr, l->others[i], &file, e) < 0)
			return -1;
		for (size_t k = 0; name.n > 0 && k < t->n_needed; k++)
			if (str_eq(t->needed[k].name, name))
				t->needed[k].file = file;
	}
	return 0;
}
