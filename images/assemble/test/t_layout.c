/* layout, loadable and view: written, read back, damaged. */
#include "images/assemble/layout.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "images/assemble/loadable.h"
#include "images/read/view.h"
#include "lib/base/fd.h"
#include "rootfs/tree_seal.h"
#include <cmocka.h>
#include <sys/stat.h>

#define TIME_S 1767225600
#define ROOM   (1u << 16)

static char top[] = "/tmp/t_layout.XXXXXX";

static int make_top(void **state)
{
	(void)state;
	return mkdtemp(top) && chdir(top) == 0 ? 0 : -1;
}

static int remove_top(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return chdir("/") | system(command);
}

static void fill_tree(struct tree *t, const char *content)
{
	const struct tree_entry x = {.type = TREE_FILE,
		.mode = 0644,
		.path = STR("/etc/a"),
		.bytes = str_of(content),
		.origin = TREE_MADE,
		.name = STR("a test")};

	assert_int_equal(tree_add(t, &x, NULL), 0);
	assert_int_equal(tree_seal(t, NULL), 0);
}

struct parts {
	struct layout_layer layer;
	struct oci_blob config, manifest;
};

/* A whole layout but for its publication. */
static void write_layout(struct layout *l, const char *content, struct parts *p)
{
	AUTO_TREE struct tree t = tree_make();
	AUTO_BUF struct buf out = buf_growing(ROOM);

	fill_tree(&t, content);
	assert_int_equal(layout_start(l, "out", STR("it"), NULL), 0);
	assert_int_equal(layout_add_layer(l, &t, TIME_S, &p->layer, NULL), 0);
	oci_write_config(&(struct oci_config){.arch = "amd64",
				 .diff_id = p->layer.diff_id,
				 .created_by = "test"},
		&out);
	assert_int_equal(
		layout_add(l, OCI_CONFIG, buf_view(&out), &p->config, NULL), 0);
	buf_reset(&out);
	oci_write_manifest(&(struct oci_manifest){.config = &p->config,
				   .layer = &p->layer.blob},
		&out);
	assert_int_equal(
		layout_add(l, OCI_MANIFEST, buf_view(&out), &p->manifest, NULL),
		0);
	buf_reset(&out);
	oci_write_index(
		&(struct oci_listed){.manifest = &p->manifest, .arch = "amd64"},
		1, &out);
	assert_int_equal(layout_finish(l, buf_view(&out), NULL), 0);
}

static int collect(void *self, const struct tar_entry *t, struct err *e)
{
	(void)e;
	buf_fmt(self, "%c%.*s ", t->type, STR_ARG(t->path));
	return 0;
}

static void what_is_published_is_read(void **state)
{
	AUTO_BUF struct buf heard = buf_growing(ROOM);
	const struct tar_visitor visitor = {.entry = collect, .self = &heard};
	struct layout l;
	struct parts p;
	AUTO_VIEW struct view v = {0};

	(void)state;
	write_layout(&l, "content", &p);
	assert_int_not_equal(access("out/it", F_OK), 0);
	assert_int_equal(layout_publish(&l, NULL), 0);
	assert_int_not_equal(access("out/.it.partial", F_OK), 0);
	assert_int_equal(view_open("out/it", &v, NULL), 0);
	assert_string_equal(view_digest(v.image), p.manifest.digest);
	assert_int_equal(view_layer(&v, &visitor, NULL), 0);
	assert_string_equal(buf_cstr(&heard), "5etc 0etc/a ");
}

/* Where a blob of the published layout lies. */
static void blob_path(const char *digest, char path[LAYOUT_PATH_BYTES])
{
	char name[OCI_BLOB_NAME_BYTES];

	assert_int_equal(oci_blob_name(digest, name, NULL), 0);
	snprintf(path, LAYOUT_PATH_BYTES, "out/it/%s", name);
}

static void publishing_again_replaces(void **state)
{
	struct layout l;
	struct parts old, new;
	char path[LAYOUT_PATH_BYTES];

	(void)state;
	write_layout(&l, "old", &old);
	assert_int_equal(layout_publish(&l, NULL), 0);
	write_layout(&l, "new", &new);
	assert_int_equal(layout_publish(&l, NULL), 0);
	blob_path(new.layer.blob.digest, path);
	assert_int_equal(access(path, R_OK), 0);
	blob_path(old.layer.blob.digest, path);
	assert_int_not_equal(access(path, R_OK), 0);
	assert_int_not_equal(access("out/.it.partial", F_OK), 0);
}

static void what_an_earlier_run_left_goes(void **state)
{
	struct layout l;
	struct parts p;

	(void)state;
	assert_int_equal(
		dir_make("out/.it.partial/blobs/sha256", 0755, NULL), 0);
	assert_int_equal(file_write("out/.it.partial/blobs/sha256/.layer",
				 STR("half"), 0600, NULL),
		0);
	assert_int_equal(file_write("out/.it.partial/index.json.1.partial",
				 STR("half"), 0600, NULL),
		0);
	write_layout(&l, "content", &p);
	assert_int_not_equal(
		access("out/.it.partial/blobs/sha256/.layer", F_OK), 0);
	assert_int_equal(layout_publish(&l, NULL), 0);
}

static void nothing_but_a_layout_is_removed(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(dir_make("keep", 0755, NULL), 0);
	assert_int_equal(file_write("keep/mine", STR("x"), 0600, NULL), 0);
	assert_int_equal(layout_remove("keep", &e), -1);
	assert_int_equal(access("keep/mine", F_OK), 0);
	assert_int_equal(layout_remove("absent", NULL), 0);
}

/* One byte of a blob changed. */
static void damage(const char *digest)
{
	char path[LAYOUT_PATH_BYTES];
	AUTO_FD int fd = -1;

	blob_path(digest, path);
	fd = open(path, O_RDWR);
	assert_int_equal(pwrite(fd, "#", 1, 0), 1);
}

static void damage_is_noticed(void **state)
{
	struct layout l;
	struct parts p;
	const struct oci_blob *blobs[] = {
		&p.manifest, &p.config, &p.layer.blob};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		AUTO_BUF struct buf heard = buf_growing(ROOM);
		const struct tar_visitor visitor = {
			.entry = collect, .self = &heard};
		AUTO_VIEW struct view v = {0};
		struct err e = {0};

		write_layout(&l, "content", &p);
		assert_int_equal(layout_publish(&l, NULL), 0);
		damage(blobs[i]->digest);
		assert_true(view_open("out/it", &v, &e) < 0 ||
			    view_layer(&v, &visitor, &e) < 0);
		assert_non_null(strstr(e.text, i < 2 ? "has sha256:" : "gzip"));
	}
}

static void write_loadable(const char *to, char hex[SHA256_HEX + 1])
{
	struct layout l;
	struct parts p;
	const struct oci_blob *blobs[] = {
		&p.manifest, &p.config, &p.layer.blob};
	struct loadable a = {.layout = l.partial,
		.blobs = blobs,
		.n_blobs = sizeof(blobs) / sizeof(*blobs),
		.index = STR("{}"),
		.docker = STR("[]"),
		.time_s = TIME_S};

	write_layout(&l, "content", &p);
	assert_int_equal(loadable_write(to, &a, NULL), 0);
	assert_int_equal(sha256_file(to, hex, NULL, NULL), 0);
}

static void loadables_are_equal_and_in_order(void **state)
{
	AUTO_BUF struct buf heard = buf_growing(ROOM);
	AUTO_BUF struct buf bytes = buf_growing(ROOM);
	const struct tar_visitor visitor = {.entry = collect, .self = &heard};
	AUTO_TAR_READER struct tar_reader *r = tar_read_open(&visitor, NULL);
	char one[SHA256_HEX + 1], two[SHA256_HEX + 1];

	(void)state;
	write_loadable("one.tar", one);
	umask(077);
	write_loadable("two.tar", two);
	umask(022);
	assert_string_equal(one, two);
	assert_int_equal(file_read("one.tar", &bytes, NULL), 0);
	assert_int_equal(sink_put(tar_read_sink(r), bytes.p, bytes.n, NULL), 0);
	assert_int_equal(tar_read_end(r, NULL), 0);
	assert_non_null(strstr(buf_cstr(&heard), "5blobs 5blobs/sha256 "));
	assert_non_null(strstr(
		buf_cstr(&heard), "0index.json 0manifest.json 0oci-layout "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_published_is_read),
		cmocka_unit_test(publishing_again_replaces),
		cmocka_unit_test(what_an_earlier_run_left_goes),
		cmocka_unit_test(nothing_but_a_layout_is_removed),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(loadables_are_equal_and_in_order),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
