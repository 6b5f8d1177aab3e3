/*
 * Fuzz a whole OCI layout as `keelson verify` reads it: mark, index, manifest,
 * configuration, layer, and an SBOM or a signature as a referrer.
 *
 * Bytes that do not match their digest are refused at once, so the input has
 * the files with places for what depends on others: @X becomes the digest of
 * blob X and #X its size, X being m (manifest), c (configuration), l (layer,
 * compressed here), d (layer, plain), r (the referrer's manifest), s (SBOM) or
 * e (the empty configuration).  Files are ended by a line `---`; the layer, a
 * tar, is the rest.
 */
#include "images/attach/signed.h"
#include "images/read/find_sbom.h"
#include "images/read/listing_layer.h"
#include "images/read/listing_sbom.h"
#include "lib/arc/gzip.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX  ((size_t)4 << 20)
#define END       "\n---\n"
#define BLOBS     "mcldrse"
#define PATH_SIZE 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct blob {
	char hex[SHA256_HEX + 1];
	size_t size;
};

struct made {
	struct blob blob[sizeof(BLOBS)]; /* in the order of BLOBS */
	char path[PATH_SIZE];            /* the layout's */
};

static struct made made;

static struct blob *blob_of(char letter)
{
	const char *at = letter ? strchr(BLOBS, letter) : NULL;

	return at ? &made.blob[at - BLOBS] : NULL;
}

static void put_file(const char *name, struct str bytes)
{
	char path[2 * PATH_SIZE];
	AUTO_FD int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", made.path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || fd_write(fd, bytes.p, bytes.n, NULL) < 0)
		abort();
}

static void blob_name(const struct blob *b, char name[PATH_SIZE])
{
	snprintf(name, PATH_SIZE, "blobs/sha256/%s", b->hex);
}

static void put_blob(char letter, struct str bytes)
{
	struct blob *b = blob_of(letter);
	char name[PATH_SIZE];

	sha256_hex(bytes, b->hex);
	b->size = bytes.n;
	blob_name(b, name);
	put_file(name, bytes);
}

/* The next file of the input, with its places filled. */
static struct buf next_file(struct str *rest)
{
	struct buf out = buf_growing(FILE_MAX);
	const char *end = memmem(rest->p, rest->n, END, strlen(END));
	size_t n = end ? (size_t)(end - rest->p) : rest->n;

	for (size_t i = 0; i < n; i++) {
		char c = rest->p[i];
		const struct blob *b =
			i + 1 < n ? blob_of(rest->p[i + 1]) : NULL;

		if (b && c == '@')
			buf_fmt(&out, "sha256:%s", b->hex);
		else if (b && c == '#')
			buf_fmt(&out, "%zu", b->size);
		else
			buf_byte(&out, c);
		i += b && (c == '@' || c == '#');
	}
	n += end ? strlen(END) : 0;
	*rest = str_sub(*rest, n, rest->n);
	return out;
}

static void put_layer(struct str tar)
{
	AUTO_BUF struct buf packed = buf_growing(2 * FILE_MAX);
	AUTO_GZIP struct gzip *g = gzip_open(sink_buf(&packed), NULL);

	if (!g || sink_put(gzip_sink(g), tar.p, tar.n, NULL) < 0 ||
		gzip_end(g, NULL) < 0)
		abort();
	put_blob('l', buf_view(&packed));
	sha256_hex(tar, blob_of('d')->hex);
	blob_of('d')->size = tar.n;
}

/* Files that others name are made before these. */
static void put_layout(struct str rest)
{
	static const char *const names[] = {
		"c", "m", "s", "r", "index.json", "oci-layout"};
	struct str files = rest;

	for (size_t i = 0; i < 6; i++) {
		const char *end = memmem(files.p, files.n, END, strlen(END));

		files = end ? str_sub(files,
				      (size_t)(end - files.p) + strlen(END),
				      files.n)
			    : str_sub(files, files.n, files.n);
	}
	put_layer(files);
	put_blob('e', STR("{}"));
	for (size_t i = 0; i < 6; i++) {
		AUTO_BUF struct buf file = next_file(&rest);

		if (names[i][1])
			put_file(names[i], buf_view(&file));
		else
			put_blob(names[i][0], buf_view(&file));
	}
}

static void remove_blobs(void)
{
	for (size_t i = 0; i < sizeof(BLOBS) - 1; i++) {
		char name[PATH_SIZE], path[2 * PATH_SIZE];

		blob_name(&made.blob[i], name);
		snprintf(path, sizeof(path), "%s/%s", made.path, name);
		unlink(path);
	}
	memset(made.blob, 0, sizeof(made.blob));
}

static void remove_layout(void)
{
	static const char *const names[] = {
		"/index.json", "/oci-layout", "/blobs/sha256", "/blobs", ""};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[2 * PATH_SIZE];

		snprintf(path, sizeof(path), "%s%s", made.path, names[i]);
		remove(path);
	}
}

static void make_layout(void)
{
	char path[2 * PATH_SIZE];

	if (made.path[0])
		return;
	snprintf(made.path, sizeof(made.path), "%s", "/dev/shm/layout-XXXXXX");
	if (!mkdtemp(made.path))
		abort();
	snprintf(path, sizeof(path), "%s/blobs", made.path);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/blobs/sha256", made.path);
	mkdir(path, 0700);
	atexit(remove_layout);
}

/* 0, or -1: refused. */
static int read_layout(struct arena *a, struct err *e)
{
	AUTO_VIEW struct view v = {0};
	AUTO_LISTING struct listing layer = {0};
	AUTO_LISTING struct listing said = {0};
	const struct node *spdx;
	struct signed_list signatures;
	char hex[SHA256_HEX + 1];

	if (view_open(made.path, &v, e) < 0)
		return -1;
	if (listing_layer(&v, a, &layer, e) < 0 ||
		find_sbom(&v, &layer, &spdx, hex, e) < 0 ||
		signed_read(&v, &signatures, e) < 0)
		return -1;
	return spdx ? listing_sbom(spdx, a, &said, e) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_make((size_t)64 << 20);
	struct err e = {.kind = ERR_NONE};
	int result;

	make_layout();
	put_layout((struct str){(const char *)data, size});
	result = read_layout(&a, &e);
	if (result < 0 && e.text[0] == '\0')
		abort(); /* refused without a reason */
	if (result < 0 && getenv("FUZZ_SAY"))
		fprintf(stderr, "%s\n", e.text);
	arena_free(&a);
	remove_blobs();
	return 0;
}
