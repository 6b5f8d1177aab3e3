/*
 * item_files - a file is mapped, hashed three ways and let go.
 */
#include "sbom/items/item_files.h"

#include "lib/arc/sha256.h"
#include "sbom/evidence/mapped.h"
#include "sbom/items/item_names.h"

#include <unistd.h>

#define ITEM_SNAPSHOT "https://snapshot.debian.org/file/"
#define ITEM_POOL     "https://ftp.debian.org/debian/"

static int item_changed(
	struct err *e, const char *path, const char *hex, struct str wanted)
{
	return err_kind(e, ERR_INPUT, "%s has changed: sha256 is %s, was %.*s",
		path, hex, STR_ARG(wanted));
}

/* The digests of a file that must have this SHA-256. */
static int item_hash(const struct items *items, const char *path,
	struct item *to, char sha1[SHA1_HEX + 1], struct err *e)
{
	char hex256[SHA256_HEX + 1], hex512[SHA512_HEX + 1];
	char git[SHA1_HEX + 1];
	struct str bytes;

	if (mapped_open(path, &bytes, e) < 0)
		return -1;
	sha256_hex(bytes, hex256);
	sha512_hex(bytes, hex512);
	sha1_git_hex(bytes, git);
	if (sha1 != NULL)
		sha1_hex(bytes, sha1);
	mapped_close(bytes);
	if (!str_is(to->sha256, hex256))
		return item_changed(e, path, hex256, to->sha256);
	to->sha512 = str_of(arena_copy(items->model->arena, str_of(hex512)));
	if (to->sha512.p == NULL)
		return model_no_memory(e);
	return item_fmt(items, &to->swhid, e, "swh:1:cnt:%s", git);
}

int item_read_pinned(const struct items *items, struct item *to,
	const struct lock_line *line, struct err *e)
{
	char path[ITEM_TEXT_MAX], sha1[SHA1_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));

	to->file_name = line->name;
	to->sha256 = line->sha256;
	if (line->line == 0)
		return 0;
	buf_fmt(&b, "%s/build/sources/%.*s", items->model->request->root,
		STR_ARG(line->name));
	if (access(buf_cstr(&b), R_OK) < 0)
		return item_fmt(items, &to->place, e, ITEM_POOL "%.*s",
			STR_ARG(line->path));
	if (item_hash(items, path, to, sha1, e) < 0)
		return -1;
	return item_fmt(items, &to->place, e, ITEM_SNAPSHOT "%s", sha1);
}

int item_read_made(const struct items *items, struct item *to,
	struct evidence_made file, struct err *e)
{
	const struct model *m = items->model;
	char path[ITEM_TEXT_MAX];
	struct buf b = buf_fixed(path, sizeof(path));

	to->file_name = str_base_name(file.path);
	to->sha256 = file.sha256;
	if (!str_has_prefix(file.path, STR("/")))
		buf_fmt(&b, "%s/",
			m->evidence.is_outside ? m->evidence.root
					       : m->request->root);
	buf_str(&b, file.path);
	if (access(buf_cstr(&b), R_OK) < 0)
		return 0;
	return item_hash(items, path, to, NULL, e);
}
