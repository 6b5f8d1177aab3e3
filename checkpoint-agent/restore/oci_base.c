/*
 * oci_base - follow index.json to a manifest and apply its layers.
 *
 * An index may refer to another index; at most INDEXES_MAX are followed.
 * Blobs are opened by digest, hashed, and only then parsed or unpacked; the
 * quota over all layers bounds what an image can unpack to.
 */
#include "checkpoint-agent/restore/oci_base.h"

#include "checkpoint-agent/tar/tarfile_unpack.h"
#include "lib/arc/oci.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/regular.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_MAX    (16u << 20)
#define DOCUMENT_MAX (4u << 20)
#define INDEXES_MAX  4
#define LAYERS_MAX   256
#define ENTRIES_MAX  (4u << 20)
#define UNPACKED_MAX (256ull << 30)
#define REF_NAME     OCI_KEY("ref.name")
#define MODE_ROOT    0755

struct layout {
	struct arena arena;
	int dir; /* of the layout; owned */
	const char *tag;
};

bool oci_base_is_layout(const char *dir)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/oci-layout", dir);

	return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

/* ---- blobs -------------------------------------------------------------- */

/* The path of the blob with this digest. */
static int name_blob(
	struct str digest, char path[OCI_BLOB_NAME_BYTES], struct err *e)
{
	char text[OCI_DIGEST_BYTES];

	if (str_copy(digest, text, sizeof(text)) < 0)
		return err_kind(e, ERR_INPUT, "\"%.*s\" is not a sha256 digest",
			STR_ARG(digest));
	return oci_blob_name(text, path, e);
}

/* Open and verify the blob of a descriptor; *out is at its start. */
static int open_blob(const struct layout *l, const struct node *about, int *out,
	struct err *e)
{
	struct str digest = node_text(node_get(about, "digest"));
	char path[OCI_BLOB_NAME_BYTES], found[SHA256_HEX + 1];
	unsigned char hash[SHA256_BYTES];
	AUTO_FD int fd = -1;
	uint64_t size;

	if (name_blob(digest, path, e) < 0)
		return -1;
	if (regular_open_at(l->dir, path, &fd, e) < 0)
		return -1;
	if (sha256_fd(fd, hash, &size, e) < 0)
		return err_at(e, "%s", path);
	str_hex(hash, sizeof(hash), found);
	if (!str_is(str_base_name(str_of(path)), found))
		return err_kind(e, ERR_INPUT,
			"%s: its SHA-256 is not its digest", path);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "%s", path);
	*out = fd_take(&fd);
	return 0;
}

static int parse_document(
	struct layout *l, int fd, const struct node **tree, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DOCUMENT_MAX);

	if (fd_read_all(fd, &text, e) < 0)
		return -1;
	return json_parse(buf_view(&text), &l->arena, tree, e);
}

static int read_blob(struct layout *l, const struct node *about,
	const struct node **tree, struct err *e)
{
	AUTO_FD int fd = -1;

	if (open_blob(l, about, &fd, e) < 0)
		return -1;
	return parse_document(l, fd, tree, e);
}

static int read_index(struct layout *l, const struct node **tree, struct err *e)
{
	AUTO_FD int fd = -1;

	if (regular_open_at(l->dir, "index.json", &fd, e) < 0)
		return -1;
	return parse_document(l, fd, tree, e) < 0 ? err_at(e, "index.json") : 0;
}

/* ---- choosing the image ------------------------------------------------- */

static bool is_candidate(const struct layout *l, const struct node *about)
{
	struct str arch =
		node_text(node_path(about, "platform", "architecture", NULL));
	struct str name =
		node_text(node_path(about, "annotations", REF_NAME, NULL));

	if (arch.n && !str_is(arch, OCI_ARCH))
		return false;
	return !*l->tag || str_is(name, l->tag);
}

static int choose_image(struct layout *l, const struct node *index,
	const struct node **about, struct err *e)
{
	const struct node *list = node_get(index, "manifests");

	*about = NULL;
	for (const struct node *n = node_first(list); n; n = n->next) {
		if (!is_candidate(l, n))
			continue;
		if (*about)
			return err_kind(e, ERR_USAGE,
				"several images; choose one with "
				"--base-tag");
		*about = n;
	}
	if (*about)
		return 0;
	return err_kind(e, ERR_ABSENT, "no image %s%sfor " OCI_ARCH, l->tag,
		*l->tag ? " " : "");
}

/* Follow index.json down to a manifest, the document with layers. */
static int find_manifest(
	struct layout *l, const struct node **manifest, struct err *e)
{
	const struct node *tree, *about;

	if (read_index(l, &tree, e) < 0)
		return -1;
	for (int i = 0; i < INDEXES_MAX; i++) {
		if (choose_image(l, tree, &about, e) < 0 ||
			read_blob(l, about, &tree, e) < 0)
			return -1;
		if (node_get(tree, "layers")) {
			*manifest = tree;
			return 0;
		}
		l->tag = ""; /* only index.json has names */
	}
	return err_kind(
		e, ERR_INPUT, "more than %d nested indexes", INDEXES_MAX);
}

/* ---- layers ------------------------------------------------------------- */

static int apply_layer(const struct layout *l, const struct node *about, int to,
	struct tarfile_quota *quota, struct err *e)
{
	struct str type = node_text(node_get(about, "mediaType"));
	AUTO_FD int fd = -1;

	if (!str_has_suffix(type, STR(".tar")) &&
		!str_has_suffix(type, STR("tar.gzip")) &&
		!str_has_suffix(type, STR("tar+gzip")) &&
		!str_has_suffix(type, STR("tar+zstd")))
		return err_kind(e, ERR_INPUT, "unsupported layer type %.*s",
			STR_ARG(type));
	if (open_blob(l, about, &fd, e) < 0)
		return -1;
	return tarfile_unpack_layer(fd, to, quota, e);
}

static int apply_layers(
	struct layout *l, const struct node *layers, int to, struct err *e)
{
	struct tarfile_quota quota = {ENTRIES_MAX, UNPACKED_MAX};

	if (layers->count > LAYERS_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d layers", LAYERS_MAX);
	if (fchmod(to, MODE_ROOT) < 0) /* a layer may change it */
		return err_sys(e, "root directory");
	for (const struct node *n = node_first(layers); n; n = n->next)
		if (apply_layer(l, n, to, &quota, e) < 0)
			return err_at(e, "%.*s",
				STR_ARG(node_text(node_get(n, "digest"))));
	return 0;
}

int oci_base_unpack(const char *layout, const char *tag, int to, struct err *e)
{
	struct layout l = {.arena = arena_make(ARENA_MAX), .tag = tag};
	const struct node *manifest = NULL;
	int rc = -1;

	l.dir = open(layout, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l.dir < 0)
		return err_sys(e, "%s", layout);
	if (find_manifest(&l, &manifest, e) == 0)
		rc = apply_layers(&l, node_get(manifest, "layers"), to, e);
	fd_close(&l.dir);
	arena_free(&l.arena);
	return rc < 0 ? err_at(e, "%s", layout) : 0;
}
