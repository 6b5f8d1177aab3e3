/*
 * model - ids, digests and look-ups, for the files that fill the model and
 * those that write it down.
 */
#include "sbom/model/model.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"

#include <unistd.h>

enum { MODEL_SOURCE_MAX = 64 << 20 };

int model_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the SBOM");
}

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

static void model_place(
	const struct model *m, const struct evidence_made *f, struct buf *path)
{
	if (!str_has_prefix(f->path, STR("/")))
		buf_fmt(path, "%s/",
			m->evidence.is_outside ? m->evidence.root
					       : m->request->root);
	buf_str(path, f->path);
}

int model_read(const struct model *m, struct evidence_made *f, struct buf *out,
	struct err *e)
{
	char path[MODEL_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));

	model_place(m, f, &b);
	if (file_read(buf_cstr(&b), out, e) < 0)
		return -1;
	sha256_hex(buf_view(out), hex);
	if (f->sha256.n == 0)
		f->sha256 = str_of(arena_copy(m->arena, str_of(hex)));
	if (!str_is(f->sha256, hex))
		return err_kind(e, ERR_INPUT,
			"%.*s has changed since it was compiled: sha256 is "
			"%s, was %.*s",
			STR_ARG(f->path), hex, STR_ARG(f->sha256));
	return 0;
}

int model_digest(const struct model *m, struct evidence_made *f,
	char sha1[SHA1_HEX + 1], struct err *e)
{
	AUTO_BUF struct buf bytes = buf_growing(MODEL_SOURCE_MAX);
	char path[MODEL_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	sha1[0] = '\0';
	model_place(m, f, &b);
	if (m->evidence.is_outside && access(buf_cstr(&b), R_OK) < 0)
		return 0;
	if (model_read(m, f, &bytes, e) < 0)
		return -1;
	sha1_hex(buf_view(&bytes), sha1);
	return 0;
}

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
