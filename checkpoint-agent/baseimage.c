/*
 * baseimage - see baseimage.h.
 *
 * An index may lead to another index; that is followed a few times.  Each
 * blob is hashed before it is believed.
 */
#include "checkpoint-agent/baseimage.h"

#include "checkpoint-agent/pack.h"
#include "lib/arc/oci.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_MAX    (16u << 20)
#define DOCUMENT_MAX (4u << 20)
#define INDEXES_MAX  4
#define LAYERS_MAX   256
#define ENTRIES_MAX  (4u << 20)
#define UNPACKED_MAX (256ull << 30)
#define DIGEST       "sha256:"
#define REF_NAME     OCI_KEY("ref.name")
#define MODE_ROOT    0755

struct baseimage {
	struct arena arena;
	int layout;
	const char *tag;
};

bool baseimage_is_layout(const char *dir)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/oci-layout", dir);

	return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

/* ---- blobs -------------------------------------------------------------- */

static int check_digest(
	struct str digest, char hex[SHA256_HEX + 1], struct err *e)
{
	unsigned char hash[SHA256_BYTES];
	const struct str head = STR(DIGEST);

	if (!str_has_prefix(digest, head) ||
		str_unhex(str_sub(digest, head.n, digest.n), hash,
			sizeof(hash)) < 0 ||
		digest.n != head.n + SHA256_HEX)
		return err_kind(e, ERR_INPUT, "%.*s: not a sha256 digest",
			STR_ARG(digest));
	str_hex(hash, sizeof(hash), hex);
	return 0;
}

/* The blob of this descriptor, at its start. */
static int open_blob(const struct baseimage *b, const struct node *about,
	int *out, struct err *e)
{
	struct str digest = node_text(node_get(about, "digest"));
	char hex[SHA256_HEX + 1], found[SHA256_HEX + 1];
	char path[sizeof("blobs/sha256/") + SHA256_HEX];
	unsigned char hash[SHA256_BYTES];
	AUTO_FD int fd = -1;
	uint64_t size;

	if (check_digest(digest, hex, e) < 0)
		return -1;
	snprintf(path, sizeof(path), "blobs/sha256/%s", hex);
	fd = openat(b->layout, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "%s", path);
	if (sha256_fd(fd, hash, &size, e) < 0)
		return err_at(e, "%s", path);
	str_hex(hash, sizeof(hash), found);
	if (strcmp(hex, found) != 0)
		return err_kind(e, ERR_INPUT, "%s: its bytes are others", path);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "%s", path);
	*out = fd_take(&fd);
	return 0;
}

static int parse_document(
	struct baseimage *b, int fd, const struct node **tree, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DOCUMENT_MAX);
	char *copy;

	if (fd_read_all(fd, &text, e) < 0)
		return -1;
	copy = arena_copy(&b->arena, buf_view(&text));
	if (!copy)
		return err_kind(e, ERR_LIMIT, "document too large");
	return json_parse((struct str){copy, text.n}, &b->arena, tree, e);
}

static int read_blob(struct baseimage *b, const struct node *about,
	const struct node **tree, struct err *e)
{
	AUTO_FD int fd = -1;

	if (open_blob(b, about, &fd, e) < 0)
		return -1;
	return parse_document(b, fd, tree, e);
}

static int read_index(
	struct baseimage *b, const struct node **tree, struct err *e)
{
	AUTO_FD int fd = openat(
		b->layout, "index.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "index.json");
	return parse_document(b, fd, tree, e) < 0 ? err_at(e, "index.json") : 0;
}

/* ---- which image -------------------------------------------------------- */

static bool fits(const struct baseimage *b, const struct node *about)
{
	struct str arch =
		node_text(node_path(about, "platform", "architecture", NULL));
	struct str name =
		node_text(node_path(about, "annotations", REF_NAME, NULL));

	if (arch.n && !str_is(arch, OCI_ARCH))
		return false;
	return !*b->tag || str_is(name, b->tag);
}

static int choose(struct baseimage *b, const struct node *index,
	const struct node **about, struct err *e)
{
	const struct node *list = node_get(index, "manifests");

	*about = NULL;
	for (const struct node *n = node_first(list); n; n = n->next) {
		if (!fits(b, n))
			continue;
		if (*about)
			return err_kind(e, ERR_USAGE,
				"several images; say which "
				"(--base-tag)");
		*about = n;
	}
	if (*about)
		return 0;
	return err_kind(e, ERR_ABSENT, "no image %s%sfor " OCI_ARCH, b->tag,
		*b->tag ? " " : "");
}

/* From index.json to a manifest, which has layers. */
static int find_manifest(
	struct baseimage *b, const struct node **manifest, struct err *e)
{
	const struct node *tree, *about;

	if (read_index(b, &tree, e) < 0)
		return -1;
	for (int i = 0; i < INDEXES_MAX; i++) {
		if (choose(b, tree, &about, e) < 0 ||
			read_blob(b, about, &tree, e) < 0)
			return -1;
		if (node_get(tree, "layers")) {
			*manifest = tree;
			return 0;
		}
		b->tag = ""; /* only the first index has names */
	}
	return err_kind(e, ERR_INPUT, "indexes without end");
}

/* ---- layers ------------------------------------------------------------- */

static int apply_layer(const struct baseimage *b, const struct node *about,
	int to, struct pack_room *room, struct err *e)
{
	struct str type = node_text(node_get(about, "mediaType"));
	AUTO_FD int fd = -1;

	if (!str_has_suffix(type, STR(".tar")) &&
		!str_has_suffix(type, STR("tar.gzip")) &&
		!str_has_suffix(type, STR("tar+gzip")) &&
		!str_has_suffix(type, STR("tar+zstd")))
		return err_kind(
			e, ERR_INPUT, "layer of type %.*s", STR_ARG(type));
	if (open_blob(b, about, &fd, e) < 0)
		return -1;
	return pack_apply_layer(fd, to, room, e);
}

static int apply_layers(
	struct baseimage *b, const struct node *layers, int to, struct err *e)
{
	struct pack_room room = {ENTRIES_MAX, UNPACKED_MAX};

	if (layers->count > LAYERS_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d layers", LAYERS_MAX);
	if (fchmod(to, MODE_ROOT) < 0) /* unless a layer says otherwise */
		return err_sys(e, "root directory");
	for (const struct node *n = node_first(layers); n; n = n->next)
		if (apply_layer(b, n, to, &room, e) < 0)
			return err_at(e, "%.*s",
				STR_ARG(node_text(node_get(n, "digest"))));
	return 0;
}

int baseimage_unpack(const char *layout, const char *tag, int to, struct err *e)
{
	struct baseimage b = {.arena = arena_make(ARENA_MAX), .tag = tag};
	const struct node *manifest = NULL;
	int rc = -1;

	b.layout = open(layout, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b.layout < 0)
		return err_sys(e, "%s", layout);
	if (find_manifest(&b, &manifest, e) == 0)
		rc = apply_layers(&b, node_get(manifest, "layers"), to, e);
	fd_close(&b.layout);
	arena_free(&b.arena);
	return rc < 0 ? err_at(e, "%s", layout) : 0;
}
