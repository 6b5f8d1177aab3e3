/*
 * relink_write - the kit: lib, objects, args, Makefile, README.
 */
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"
#include "sbom/evidence/mapped.h"
#include "sbom/relink/relink.h"

enum {
	RELINK_PATH_BYTES = 2048,
	RELINK_PAGE_MAX = 65536,
};

static void relink_makefile(const struct relink *r, struct buf *out)
{
	buf_fmt(out,
		"# Links %.*s again: make relink [REPLACE=DIR], see README\n"
		"LD    ?= ld\n"
		"STRIP ?= strip\n"
		"\n"
		".PHONY: relink\n"
		"relink:\n"
		"\t$(LD) $(if $(REPLACE),-L$(REPLACE)) -o %.*s.unstripped "
		"@args\n",
		STR_ARG(r->program), STR_ARG(r->program));
	if (r->is_stripped)
		buf_fmt(out, "\t$(STRIP)%.*s -o %.*s %.*s.unstripped\n",
			STR_ARG(r->strip), STR_ARG(r->program),
			STR_ARG(r->program));
	else
		buf_fmt(out, "\tmv %.*s.unstripped %.*s\n", STR_ARG(r->program),
			STR_ARG(r->program));
}

static void relink_readme(const struct relink *r, struct buf *out)
{
	buf_fmt(out,
		"Everything that %.*s was linked from, so that it can be "
		"linked with a changed\nlibrary (LGPL-2.1, section 6).\n\n"
		"  make relink               links it as it was; the same "
		"linker gives the same bytes\n"
		"  make relink REPLACE=DIR   takes each libNAME.a that DIR has "
		"from there, first\n\n"
		"A library that is among objects/ is replaced in its "
		"place.\n\nFiles, in the order in which they are linked:\n",
		STR_ARG(r->program));
	for (size_t i = 0; i < r->n; i++)
		buf_fmt(out, "  %.*s\n    sha256 %.*s\n",
			STR_ARG(r->inputs[i].name),
			STR_ARG(r->inputs[i].file.sha256));
}

static int relink_copy(const struct evidence *ev, const struct relink_input *x,
	const char *dir, struct err *e)
{
	char from[RELINK_PATH_BYTES], to[RELINK_PATH_BYTES];
	struct buf b = buf_fixed(from, sizeof(from));
	struct buf c = buf_fixed(to, sizeof(to));
	char hex[SHA256_HEX + 1];
	struct str bytes;
	int rc;

	if (!str_has_prefix(x->file.path, STR("/")))
		buf_fmt(&b, "%s/", ev->root);
	buf_str(&b, x->file.path);
	buf_fmt(&c, "%s/%.*s", dir, STR_ARG(x->name));
	if (whole_check(&c, "path of the kit", e) < 0 ||
		mapped_open(buf_cstr(&b), &bytes, e) < 0)
		return -1;
	sha256_hex(bytes, hex);
	if (str_is(x->file.sha256, hex))
		rc = file_write(buf_cstr(&c), bytes, 0644, e);
	else
		rc = err_kind(e, ERR_INPUT,
			"%s is not what was linked: sha256 is %s, was %.*s",
			from, hex, STR_ARG(x->file.sha256));
	mapped_close(bytes);
	return rc;
}

static int relink_put(const char *dir, const char *name, const struct buf *text,
	struct err *e)
{
	char path[RELINK_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_fmt(&b, "%s/%s", dir, name);
	if (whole_check(&b, "path of the kit", e) < 0 ||
		whole_check(text, name, e) < 0)
		return -1;
	return file_write(buf_cstr(&b), buf_view(text), 0644, e);
}

static int relink_make_dir(const char *dir, const char *name, struct err *e)
{
	char path[RELINK_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_fmt(&b, "%s/%s", dir, name);
	return dir_make(buf_cstr(&b), 0755, e);
}

int relink_write(const struct evidence *ev, const struct relink *r,
	const char *dir, struct err *e)
{
	AUTO_BUF struct buf makefile = buf_growing(RELINK_PAGE_MAX);
	AUTO_BUF struct buf readme = buf_growing(RELINK_PAGE_MAX * 16);
	AUTO_BUF struct buf args = buf_growing(r->args.n + 1);

	buf_str(&args, r->args);
	relink_makefile(r, &makefile);
	relink_readme(r, &readme);
	if (relink_make_dir(dir, "objects", e) < 0 ||
		relink_make_dir(dir, "lib", e) < 0)
		return -1;
	for (size_t i = 0; i < r->n; i++)
		if (relink_copy(ev, &r->inputs[i], dir, e) < 0)
			return -1;
	if (relink_put(dir, "args", &args, e) < 0 ||
		relink_put(dir, "README", &readme, e) < 0)
		return -1;
	return relink_put(dir, "Makefile", &makefile, e);
}
