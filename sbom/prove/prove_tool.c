/*
 * prove_tool - DT_NEEDED is followed through the loader's own directory and the
 * usual ones; DT_RUNPATH is not, since no tool of a distribution's has one.
 *
 * A list of names grows while it is worked off; no recursion.
 */
#include "sbom/prove/prove_tool.h"
#include "sbom/prove/prove_path.h"

#include "lib/arc/elf.h"
#include "lib/arc/sha256.h"
#include "sbom/evidence/mapped.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int tool_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the tools");
}

/* Add a file under the path that whoever needs it knows it by. */
static int tool_add(struct prove_tools *t, struct prove_tool *tool,
	const char *path, struct err *e)
{
	struct prove_part *parts;

	for (size_t i = 0; i < tool->n_parts; i++)
		if (strcmp(tool->parts[i].path, path) == 0)
			return 0;
	parts = arena_grow(t->arena, tool->parts, tool->n_parts,
		&tool->parts_room, sizeof(*parts));
	if (parts == NULL)
		return tool_no_memory(e);
	tool->parts = parts;
	parts[tool->n_parts] =
		(struct prove_part){.path = arena_copy(t->arena, str_of(path))};
	return parts[tool->n_parts++].path == NULL ? tool_no_memory(e) : 0;
}

/* The directory of the loader, where it really is; then the usual ones. */
static bool tool_find_library(
	const char *loader, struct str name, struct buf *path)
{
	static const char *const usual[] = {"/usr/lib64", "/lib64", "/usr/lib",
		"/lib", "/usr/local/lib", NULL};
	char *real = *loader ? realpath(loader, NULL) : NULL; /* heap */
	struct str dir = str_of(real);
	bool is_there = false;

	dir.n -= dir.n > 0 ? str_base_name(dir).n + 1 : 0;
	for (size_t i = 0; !is_there; i++) {
		buf_reset(path);
		buf_fmt(path, "%.*s/%.*s", STR_ARG(dir), STR_ARG(name));
		is_there = !path->full && access(buf_cstr(path), R_OK) == 0;
		if (usual[i] == NULL)
			break;
		dir = str_of(usual[i]);
	}
	free(real);
	return is_there;
}

static int tool_add_needed(struct prove_tools *t, struct prove_tool *tool,
	const struct elf *elf, char loader[PROVE_PATH_BYTES], struct err *e)
{
	struct elf_segment interpreter = {0};
	char text[PROVE_PATH_BYTES];

	if (elf_find_segment(elf, PT_INTERP, &interpreter)) {
		struct str s = interpreter.data;

		s.n = str_find(s, '\0');
		if (str_copy(s, loader, PROVE_PATH_BYTES) == 0 &&
			tool_add(t, tool, loader, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < elf->n_dynamic; i++) {
		struct elf_dynamic d = elf_dynamic(elf, i);
		struct buf path = buf_fixed(text, sizeof(text));
		struct str name;

		if (d.tag != DT_NEEDED)
			continue;
		name = elf_dynamic_text(elf, d.value);
		if (!tool_find_library(loader, name, &path))
			return err_kind(e, ERR_ABSENT,
				"%s: its library %.*s is not found", tool->path,
				STR_ARG(name));
		if (tool_add(t, tool, text, e) < 0)
			return -1;
	}
	return 0;
}

/* By its path or by where that leads; what the evidence does not name may have
   any bytes. */
static int tool_check(const struct evidence *ev, const char *path,
	const char *hex, struct err *e)
{
	char *real = realpath(path, NULL); /* heap */
	struct str names[] = {str_of(path), str_of(real)};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2; i++)
		if (evidence_host(ev, names[i]) != NULL &&
			evidence_file(ev, EVIDENCE_TOOLCHAIN, names[i],
				str_of(hex)) == NULL)
			rc = err_kind(e, ERR_INPUT,
				"%.*s has changed since the build: its sha256 "
				"is %s, the evidence names another",
				STR_ARG(names[i]), hex);
	free(real);
	return rc;
}

/* Copy one part to the store, and find what it needs. */
static int tool_take(struct prove_tools *t, struct prove_tool *tool, size_t i,
	char loader[PROVE_PATH_BYTES], struct err *e)
{
	const char *path = tool->parts[i].path;
	char hex[SHA256_HEX + 1], text[PROVE_PATH_BYTES];
	struct buf kept = buf_fixed(text, sizeof(text));
	struct str bytes;
	struct elf elf;
	int rc;

	if (mapped_open(path, &bytes, e) < 0)
		return -1;
	sha256_hex(bytes, hex);
	rc = tool_check(t->evidence, path, hex, e);
	if (rc == 0)
		rc = prove_store_put(&t->store, str_of(hex), bytes, &kept, e);
	tool->parts[i].kept =
		rc < 0 ? NULL : arena_copy(t->arena, buf_view(&kept));
	if (rc == 0 && tool->parts[i].kept == NULL)
		rc = tool_no_memory(e);
	if (rc == 0 && elf_open(bytes, &elf, NULL) == 0)
		rc = tool_add_needed(t, tool, &elf, loader, e);
	mapped_close(bytes);
	return rc;
}

static int tool_gather(struct prove_tools *t, struct prove_tool *tool,
	const char *const *also, struct err *e)
{
	char loader[PROVE_PATH_BYTES] = "";

	if (tool_add(t, tool, tool->path, e) < 0)
		return -1;
	for (size_t i = 0; also[i] != NULL; i++)
		if (access(also[i], R_OK) == 0 &&
			tool_add(t, tool, also[i], e) < 0)
			return -1;
	for (size_t i = 0; i < tool->n_parts; i++)
		if (tool_take(t, tool, i, loader, e) < 0)
			return err_at(e, "%s", tool->path);
	return 0;
}

int prove_tool_get(struct prove_tools *t, const char *path,
	const char *const *also, const struct prove_tool **out, struct err *e)
{
	struct prove_tool *list;

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->list[i].path, path) == 0) {
			*out = &t->list[i];
			return 0;
		}
	list = arena_grow(t->arena, t->list, t->n, &t->room, sizeof(*list));
	if (list == NULL)
		return tool_no_memory(e);
	t->list = list;
	list[t->n] =
		(struct prove_tool){.path = arena_copy(t->arena, str_of(path))};
	if (list[t->n].path == NULL)
		return tool_no_memory(e);
	*out = &list[t->n];
	return tool_gather(t, &list[t->n++], also, e);
}
