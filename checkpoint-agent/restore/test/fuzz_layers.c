/*
 * Unpack an arbitrary OCI image: nothing outside of the directory may change.
 * Input that begins with 'D' is the image's index and manifest, separated by
 * a byte 0xff, in which '@' stands for the digest of the next blob.  Other
 * input describes the entries of two layers: a byte each for type, name, link
 * target and length, then the content; type 0xff begins the second layer.
 */
#include "checkpoint-agent/restore/oci_base.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK    512
#define ROOM     (64 << 10)
#define WALK_FDS 16

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static char place[32];

/* ---- the outside -------------------------------------------------------- */

static int wipe_one(
	const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	return where->level > 0 ? remove(path) : 0;
}

static void wipe(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s", place);
	nftw(path, wipe_one, WALK_FDS, FTW_DEPTH | FTW_PHYS);
}

static void must(bool is_so)
{
	if (!is_so)
		abort();
}

static void write_file(const char *path, struct str text)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);

	must(fd >= 0 && fd_write(fd, text.p, text.n, NULL) == 0);
	close(fd);
}

static void leave_place(void)
{
	wipe();
	rmdir(place);
}

/* place/outside holds the single file kept, which must not change. */
static void make_place(void)
{
	if (!*place) {
		snprintf(place, sizeof(place), "/tmp/fuzz_layers-XXXXXX");
		must(mkdtemp(place) != NULL && atexit(leave_place) == 0);
	}
	wipe();
	must(chdir(place) == 0 && mkdir("outside", 0755) == 0 &&
		mkdir("root", 0755) == 0 && mkdir("oci", 0755) == 0 &&
		mkdir("oci/blobs", 0755) == 0 &&
		mkdir("oci/blobs/sha256", 0755) == 0);
	write_file("outside/kept", STR("kept"));
}

static int entries;

static int count_one(
	const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)path;
	(void)st;
	(void)flag;
	(void)where;
	entries++;
	return 0;
}

static void check_outside(void)
{
	AUTO_BUF struct buf b = buf_growing(100);
	struct stat st;

	must(chdir(place) == 0);
	entries = 0;
	must(nftw("outside", count_one, WALK_FDS, FTW_PHYS) == 0);
	must(entries == 2);
	must(lstat("outside/kept", &st) == 0 && st.st_nlink == 1 &&
		(st.st_mode & 07777) == 0644);
	must(file_read("outside/kept", &b, NULL) == 0 &&
		str_is(buf_view(&b), "kept"));
}

/* ---- layers ------------------------------------------------------------- */

static const char *const names[] = {"a", "a/b", "a/b/c", "way", "way/kept",
	"way/new", "way/", "./way", "../outside/kept", "../outside/new",
	"a/../../outside/new", ".", "./", "..", "/", "", ".wh.a",
	"way/.wh.kept", ".wh.way", "way/.wh..wh..opq", ".wh..wh..opq", ".wh.",
	".wh..", ".wh...", "..wh.", "a/.wh.../x", "a//b", "OUTSIDE/kept",
	"OUTSIDE/new"};
static const char *const targets[] = {"a", "../outside", "../outside/kept",
	"OUTSIDE", "OUTSIDE/kept", "way", "way/kept", ".", "..", "/", "", "a/b",
	"way/../../outside/kept", "root/../outside/kept"};

/* A leading OUTSIDE becomes the path of that directory. */
static void put_name(char out[100], const char *name)
{
	const struct str mark = STR("OUTSIDE");
	struct buf b = buf_fixed(out, 100);

	if (str_has_prefix(str_of(name), mark)) {
		buf_fmt(&b, "%s/outside", place);
		name += mark.n;
	}
	buf_text(&b, name);
}

/* A ustar header, also with fields that lib/arc/tar.h would refuse. */
static void put_header(struct buf *b, uint8_t type, const char *name,
	const char *target, size_t size)
{
	char h[BLOCK] = {0};
	unsigned sum = 0;

	put_name(h, name);
	snprintf(h + 100, 8, "%07o", type & 0x80 ? 04755 : 0644);
	snprintf(h + 108, 8, "%07o", getuid() & 07777777);
	snprintf(h + 116, 8, "%07o", getgid() & 07777777);
	snprintf(h + 124, 12, "%011zo", size);
	snprintf(h + 136, 12, "%011o", 1u);
	memset(h + 148, ' ', 8);
	h[156] = "01234567xgLK"[(type & 0x7f) % 12];
	put_name(h + 157, target);
	memcpy(h + 257, "ustar\00000", 8);
	snprintf(h + 329, 8, "%07o", 1u);
	snprintf(h + 337, 8, "%07o", 3u); /* /dev/null */
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	buf_put(b, h, sizeof(h));
}

static void put_member(struct buf *b, const uint8_t *u, struct str content)
{
	put_header(b, u[0], names[u[1] % (sizeof(names) / sizeof(*names))],
		targets[u[2] % (sizeof(targets) / sizeof(*targets))],
		content.n);
	buf_str(b, content);
	buf_fill(b, '\0', -content.n % BLOCK);
}

/* Until the next layer begins. */
static void put_layer(struct buf *b, struct str *rest)
{
	while (rest->n >= 4) {
		const uint8_t *u = (const uint8_t *)rest->p;
		size_t n = u[3];

		if (u[0] == 0xff) {
			*rest = str_sub(*rest, 1, rest->n);
			break;
		}
		put_member(b, u, str_sub(*rest, 4, n));
		*rest = str_sub(*rest, 4 + n, rest->n);
	}
	buf_fill(b, '\0', 2 * BLOCK);
}

/* ---- documents ---------------------------------------------------------- */

static void put_blob(struct str bytes, char hex[SHA256_HEX + 1])
{
	char path[128];

	sha256_hex(bytes, hex);
	snprintf(path, sizeof(path), "oci/blobs/sha256/%s", hex);
	write_file(path, bytes);
}

#define LAYER "{\"mediaType\":\"a.tar\",\"digest\":\"sha256:%s\"}"

static void make_image(struct str rest)
{
	AUTO_BUF struct buf text = buf_growing(ROOM);
	char hex[2][SHA256_HEX + 1], manifest[SHA256_HEX + 1];

	for (int i = 0; i < 2; i++) {
		AUTO_BUF struct buf layer = buf_growing(ROOM);

		put_layer(&layer, &rest);
		put_blob(buf_view(&layer), hex[i]);
	}
	buf_fmt(&text, "{\"layers\":[" LAYER "," LAYER "]}", hex[0], hex[1]);
	put_blob(buf_view(&text), manifest);
	buf_reset(&text);
	buf_fmt(&text, "{\"manifests\":[{\"digest\":\"sha256:%s\"}]}",
		manifest);
	write_file("oci/index.json", buf_view(&text));
}

static void fill_in(struct buf *b, struct str text, const char *hex)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '@')
			buf_fmt(b, "sha256:%s", hex);
		else
			buf_byte(b, text.p[i]);
}

static void make_documents(struct str rest)
{
	AUTO_BUF struct buf manifest = buf_growing(ROOM);
	AUTO_BUF struct buf index = buf_growing(ROOM);
	static const char layer[2 * BLOCK];
	char hex[SHA256_HEX + 1];
	struct str first;

	str_cut(&rest, '\xff', &first);
	put_blob((struct str){layer, sizeof(layer)}, hex);
	fill_in(&manifest, rest, hex);
	put_blob(buf_view(&manifest), hex);
	fill_in(&index, first, hex);
	write_file("oci/index.json", buf_view(&index));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct str text = {(const char *)bytes, n};
	AUTO_FD int home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int to = -1;

	make_place();
	if (n && bytes[0] == 'D')
		make_documents(str_sub(text, 1, n));
	else
		make_image(text);
	to = open("root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(to >= 0);
	oci_base_unpack("oci", "", to, NULL);
	check_outside();
	must(fchdir(home) == 0); /* the corpus is found from there */
	wipe();
	return 0;
}
