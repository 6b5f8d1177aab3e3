/*
 * upstream - what is known of a tree, as JSON, and the files that lie beside
 * it.
 */
#include "static-build/outside/upstream.h"

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"

#include <limits.h>
#include <unistd.h>

struct str upstream_beside(const struct place *p)
{
	struct str root = str_of(p->root);

	return str_sub(root, 0, root.n - str_base_name(root).n);
}

int upstream_add_file(const struct place *p, struct str name, struct str stated,
	struct upstream *s, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(PATH_MAX);
	struct upstream_file *f = &s->files[s->n_files];
	char hex[SHA256_HEX + 1];

	buf_fmt(&path, "%.*s%.*s", STR_ARG(upstream_beside(p)), STR_ARG(name));
	if (path.full || s->n_files == UPSTREAM_FILES_MAX ||
		access(buf_cstr(&path), R_OK) < 0)
		return 0;
	if (sha256_file(buf_cstr(&path), hex, NULL, e) < 0)
		return -1;
	f->name = (struct str){arena_copy(p->arena, name), name.n};
	f->sha256 = str_of(arena_copy(p->arena, str_of(hex)));
	f->is_as_stated = str_is(stated, hex);
	if (f->name.p == NULL || f->sha256.p == NULL)
		return place_no_memory(e);
	s->n_files++;
	return 0;
}

int upstream_add_change(const struct place *p, struct str path,
	const char *sha256, struct upstream *s, struct err *e)
{
	struct upstream_change *list = arena_grow(p->arena, s->changes,
		s->n_changes, &s->changes_room, sizeof(*list));
	struct upstream_change *to;

	if (list == NULL)
		return place_no_memory(e);
	s->changes = list;
	to = &list[s->n_changes++];
	to->path = path;
	to->sha256 = str_of(arena_copy(p->arena, str_of(sha256)));
	return to->sha256.p == NULL ? place_no_memory(e) : 0;
}

/* As `git describe --dirty` names a checkout with changes. */
static void upstream_version_json(const struct upstream *s, struct json_out *o)
{
	AUTO_BUF struct buf b = buf_growing(1 << 16);

	buf_fmt(&b, "%.*s%s", STR_ARG(s->version),
		s->n_changes > 0 ? "-dirty" : "");
	json_str(o, "version", buf_view(&b));
}

static void upstream_changes_json(const struct upstream *s, struct json_out *o)
{
	json_list(o, "modified");
	for (size_t i = 0; i < s->n_changes; i++) {
		json_map(o, NULL);
		json_str(o, "path", s->changes[i].path);
		json_str(o, "sha256", s->changes[i].sha256);
		json_map_end(o);
	}
	json_list_end(o);
}

static void upstream_files_json(const struct upstream *s, struct json_out *o)
{
	json_list(o, "files");
	for (size_t i = 0; i < s->n_files; i++) {
		json_map(o, NULL);
		json_str(o, "name", s->files[i].name);
		json_str(o, "sha256", s->files[i].sha256);
		if (s->kind == UPSTREAM_DEBIAN)
			json_truth(o, "asStated", s->files[i].is_as_stated);
		json_map_end(o);
	}
	json_list_end(o);
}

void upstream_json(const struct upstream *s, struct json_out *o)
{
	static const char *const kinds[] = {
		[UPSTREAM_GIT] = "git",
		[UPSTREAM_DEBIAN] = "debian",
		[UPSTREAM_TARBALL] = "tarball",
		[UPSTREAM_DIRECTORY] = "directory",
	};

	json_text(o, "kind", kinds[s->kind]);
	json_str(o, "package", s->package);
	upstream_version_json(s, o);
	json_str(o, "name", s->name);
	if (s->kind == UPSTREAM_GIT) {
		json_str(o, "remote", s->remote);
		json_str(o, "commit", s->commit);
		upstream_changes_json(s, o);
	}
	if (s->n_files > 0)
		upstream_files_json(s, o);
}
