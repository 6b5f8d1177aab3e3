/*
 * sbom: the document of an image without programs is compared whole with a
 * golden one; that of an image with a program is read back and asked what a
 * scanner or a lawyer would ask.
 *
 * GOLDEN=write in the environment writes the golden file anew.
 */
#include "lib/arc/sha1.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "sbom/sbom.h"
#include "sbom/test/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define GOLDEN "sbom/test/golden/static.spdx.json"
#define ZEROS  "0000000000000000000000000000000000000000"
#define SHA1   STR(ZEROS)

static int make_world(void **state)
{
	static struct world w;

	world_make(&w);
	*state = &w;
	return 0;
}

static int remove_world(void **state)
{
	world_remove(*state);
	return 0;
}

/* An image with a file of each kind but a program; in no order. */
static const struct sbom_file plain_files[] = {
	{.path = {"usr", 3}, .mode = S_IFDIR | 0755},
	{.path = {"etc/ssl/ca.crt", 14},
		.mode = S_IFREG | 0644,
		.sha256 = {ZEROS "000000000000000000000000", 64},
		.sha1 = {ZEROS, 40},
		.origin = SBOM_PINNED,
		.name = {"certs_20250419_all.deb", 22}},
	{.path = {"etc/ssl/CA-crt", 14},
		.mode = S_IFLNK | 0777,
		.target = {"ca.crt", 6},
		.origin = SBOM_PINNED,
		.name = {"pool/c/certs_20250419_all.deb", 29}},
	{.path = {"etc/passwd", 10},
		.mode = S_IFREG | 0644,
		.sha256 = {ZEROS "000000000000000000000000", 64},
		.sha1 = {ZEROS, 40},
		.origin = SBOM_SKELETON,
		.name = {"rootfs/skel/etc/passwd", 22}},
	{.path = {"etc/ssl-ca.crt", 14},
		.mode = S_IFREG | 0644,
		.sha256 = {ZEROS "000000000000000000000000", 64},
		.sha1 = {ZEROS, 40},
		.origin = SBOM_MADE,
		.name = {"two \"files\"", 11},
		.licence = {"LicenseRef-none OR MIT", 22}},
};

static const struct sbom_project project = {
	.name = {"keelson", 7},
	.supplier = {"Organization: Keelson", 21},
	.creator = {"Organization: Keelson", 21},
	.version = {"1.2+3", 5},
	.licence = {"Apache-2.0", 10},
	.url = {"https://example.org/", 20},
	.email = {"sbom@example.org", 16},
	.source = {"https://example.org/keelson.git", 31},
	.revision = {"0123abcd", 8},
};

static struct sbom_request plain_request(const struct world *w)
{
	return (struct sbom_request){
		.project = &project,
		.image = "static",
		.version = "1.2+3",
		.arch = "amd64",
		.created = 1700000000,
		.self = "usr/share/sbom/static.spdx.json",
		.files = plain_files,
		.n_files = sizeof(plain_files) / sizeof(*plain_files),
		.root = w->root,
	};
}

/* The document of a request in SPDX 2.3, with all files. */
static int write_document(
	const struct sbom_request *r, struct buf *out, struct err *e)
{
	struct sbom s;
	int rc = sbom_open(r, &s, e);

	if (rc == 0)
		rc = document_write(&s.items, DOCUMENT_SPDX, true, out, e);
	sbom_close(&s);
	return rc;
}

static void test_plain_image_is_golden(void **state)
{
	AUTO_BUF struct buf golden = buf_growing(1 << 20);
	AUTO_BUF struct buf out = buf_growing(SBOM_MAX_BYTES);
	struct sbom_request r = plain_request(*state);
	struct err e = {0};

	if (write_document(&r, &out, &e) < 0)
		fail_msg("%s", e.text);
	if (getenv("GOLDEN") != NULL &&
		file_write(GOLDEN, buf_view(&out), 0644, &e) < 0)
		fail_msg("%s", e.text);
	if (file_read(GOLDEN, &golden, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(str_eq(buf_view(&golden), buf_view(&out)));
}

/* The order in which files are given must not matter. */
static void test_order_does_not_matter(void **state)
{
	AUTO_BUF struct buf one = buf_growing(SBOM_MAX_BYTES);
	AUTO_BUF struct buf two = buf_growing(SBOM_MAX_BYTES);
	struct sbom_request r = plain_request(*state);
	struct sbom_file turned[sizeof(plain_files) / sizeof(*plain_files)];
	struct err e = {0};

	for (size_t i = 0; i < r.n_files; i++)
		turned[i] = plain_files[r.n_files - 1 - i];
	assert_int_equal(write_document(&r, &one, &e), 0);
	r.files = turned;
	assert_int_equal(write_document(&r, &two, &e), 0);
	assert_true(str_eq(buf_view(&one), buf_view(&two)));
}

static void refuse(const struct world *w, const struct sbom_file *f, size_t n,
	const char *because)
{
	AUTO_BUF struct buf out = buf_growing(SBOM_MAX_BYTES);
	struct sbom_request r = plain_request(w);
	struct err e = {0};

	r.files = f;
	r.n_files = n;
	assert_int_equal(write_document(&r, &out, &e), -1);
	if (strstr(e.text, because) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.text, because);
}

static void test_refuses_requests(void **state)
{
	struct sbom_file f[2] = {plain_files[3], plain_files[3]};

	refuse(*state, f, 2, "etc/passwd occurs twice");
	f[0].name = (struct str){0};
	refuse(*state, f, 1, "orphan: etc/passwd has no origin");
	f[0] = plain_files[3];
	f[0].sha1.n = 39;
	refuse(*state, f, 1, "etc/passwd: no digests given");
	f[0] = plain_files[3];
	f[0].mode = S_IFIFO | 0600;
	refuse(*state, f, 1, "etc/passwd: neither a file nor a link");
	f[0] = plain_files[1];
	f[0].name = STR("other_1_all.deb");
	refuse(*state, f, 1, "other_1_all.deb, which is not in the lock");
	f[0] = plain_files[3];
	f[0].origin = SBOM_PROGRAM;
	refuse(*state, f, 1, "no file to read it from");
	f[0].place = "/dev/null";
	refuse(*state, f, 1, "no recorded link or strip");
}

/* ---- an image with a program ---- */

static const struct node *element(const struct node *doc, const char *list,
	const char *key, const char *value)
{
	const struct node *n = node_first(node_get(doc, list));

	for (; n != NULL; n = n->next)
		if (str_is(node_text(node_get(n, key)), value))
			return n;
	fail_msg("no %s with %s \"%s\"", list, key, value);
	return NULL;
}

static struct str id_of(const struct node *doc, const char *list,
	const char *key, const char *value)
{
	return node_text(node_get(element(doc, list, key, value), "SPDXID"));
}

/* The comment of a relationship, which must be there. */
static struct str relation(
	const struct node *doc, struct str a, const char *how, struct str b)
{
	const struct node *n = node_first(node_get(doc, "relationships"));

	for (; n != NULL; n = n->next)
		if (str_eq(node_text(node_get(n, "spdxElementId")), a) &&
			str_is(node_text(node_get(n, "relationshipType")),
				how) &&
			str_eq(node_text(node_get(n, "relatedSpdxElement")), b))
			return node_text(node_get(n, "comment"));
	fail_msg("no %.*s %s %.*s", STR_ARG(a), how, STR_ARG(b));
	return (struct str){0};
}

static const struct node *document(const struct world *w, struct arena *a)
{
	AUTO_BUF struct buf out = buf_growing(SBOM_MAX_BYTES);
	char place[128];
	struct sbom_file f[] = {
		plain_files[3], {.path = STR("usr/bin/prog"),
					.place = place,
					.mode = S_IFREG | 0755,
					.sha256 = str_of(w->shipped),
					.sha1 = SHA1,
					.origin = SBOM_PROGRAM,
					.name = STR("prog")}};
	struct sbom_request r = plain_request(w);
	const struct node *doc = NULL;
	struct err e = {0};

	snprintf(place, sizeof(place), "%s/build/bin/prog", w->root);
	r.files = f;
	r.n_files = 2;
	if (write_document(&r, &out, &e) < 0 ||
		json_parse(buf_view(&out), a, &doc, &e) < 0)
		fail_msg("%s", e.text);
	/* 2 of the image, 8 main sources, 2 patches */
	assert_int_equal(node_get(doc, "files")->count, 12);
	return doc;
}

static void test_what_a_scanner_asks(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)64 << 20);
	const struct node *doc = document(*state, &a), *demo, *n;
	struct str prog = id_of(doc, "files", "fileName", "./usr/bin/prog");

	demo = element(doc, "packages", "name", "demo");
	n = node_first(node_get(demo, "externalRefs"));
	assert_true(str_is(node_text(node_get(n, "referenceLocator")),
		"pkg:deb/debian/demo@1.0-1?arch=source&distro=debian-13"));
	n = node_first(node_get(demo, "checksums"));
	assert_true(str_is(node_text(node_get(n, "algorithm")), "SHA256"));
	assert_true(str_has_prefix(
		relation(doc, prog, "STATIC_LINK",
			id_of(doc, "packages", "name", "libdemo.a")),
		STR("4 of 6 members of libdemo.a linked, ")));
	assert_true(str_is(relation(doc, node_text(node_get(demo, "SPDXID")),
				   "GENERATES", prog),
		"5 objects linked"));
	assert_true(str_has_prefix(relation(doc, prog, "GENERATED_FROM",
					   id_of(doc, "files", "fileName",
						   "./demo-1.0-1/y/twin.c")),
		STR("libdemo.a(twin.o), ")));
	relation(doc, STR("SPDXRef-Image"), "CONTAINS",
		node_text(node_get(demo, "SPDXID")));
	relation(doc, STR("SPDXRef-DOCUMENT"), "DESCRIBES",
		STR("SPDXRef-Image"));
}

/* What only made the programs must not change the image's digest. */
static void test_tools_are_not_inside(void **state)
{
	static const char *const tools[] = {"cpp-12", "binutils", "dash"};
	AUTO_ARENA struct arena a = arena_make((size_t)64 << 20);
	const struct node *doc = document(*state, &a);
	const struct node *n = node_first(node_get(doc, "packages"));

	for (; n != NULL; n = n->next)
		for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
			assert_false(str_is(
				node_text(node_get(n, "name")), tools[i]));
}

static void test_what_a_lawyer_asks(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)64 << 20);
	const struct node *doc = document(*state, &a), *n;

	n = element(doc, "files", "fileName", "./usr/bin/prog");
	assert_true(str_is(node_text(node_get(n, "licenseConcluded")),
		"Apache-2.0 AND (MIT OR Zlib)"));
	n = element(doc, "packages", "name", "static");
	assert_true(str_is(node_text(node_get(n, "licenseDeclared")),
		"Apache-2.0 AND (MIT OR Zlib)"));
	n = element(doc, "packages", "name", "keelson");
	relation(doc, node_text(node_get(n, "SPDXID")), "CONTAINS",
		id_of(doc, "files", "fileName", "./keelson/prog/main.c"));
	assert_true(node_truth(node_get(n, "filesAnalyzed"), false));
}

static void test_patches_are_followed(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)64 << 20);
	const struct node *doc = document(*state, &a), *n;
	struct str patch;

	n = element(doc, "files", "fileName",
		"./demo-1.0-1/debian/patches/fix.patch");
	patch = node_text(node_get(n, "SPDXID"));
	assert_true(str_is(node_text(node_get(n, "comment")),
		"applied; it touches 1 main source of linked objects and 0 "
		"other compiled files"));
	relation(doc, patch, "PATCH_APPLIED",
		id_of(doc, "packages", "name", "demo"));
	relation(doc, patch, "PATCH_FOR",
		id_of(doc, "files", "fileName", "./demo-1.0-1/y/twin.c"));
	relation(doc, patch, "EXPANDED_FROM_ARCHIVE",
		id_of(doc, "packages", "name", "demo-debian-patches"));
}

static void test_own_patches_too(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)64 << 20);
	const struct node *doc = document(*state, &a);
	struct str patch = id_of(doc, "files", "fileName",
		"./keelson/static-build/patches/demo/own.patch");

	relation(doc, patch, "PATCH_APPLIED",
		id_of(doc, "packages", "name", "demo"));
	relation(doc, STR("SPDXRef-Project"), "CONTAINS", patch);
	relation(doc, patch, "PATCH_FOR",
		id_of(doc, "files", "fileName", "./demo-1.0-1/util.c"));
}

/* SPDX 2.3 7.9, computed here in another way. */
static void test_verification_code(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)64 << 20);
	const struct node *doc = document(*state, &a), *n;
	char hex[SHA1_HEX + 1];

	n = element(doc, "packages", "name", "static");
	sha1_hex(STR(ZEROS ZEROS), hex);
	n = node_get(n, "packageVerificationCode");
	assert_true(str_is(
		node_text(node_get(n, "packageVerificationCodeValue")), hex));
	n = node_first(node_get(n, "packageVerificationCodeExcludedFiles"));
	assert_true(str_is(node_text(n), "./usr/share/sbom/static.spdx.json"));
}

/* A main source that is not what was compiled. */
static void test_source_touched(void **state)
{
	const struct world *w = *state;
	const char *path = "build/work/demo/demo/util.c";
	AUTO_BUF struct buf whole = {0};
	char place[128];
	struct sbom_file f = {.path = STR("usr/bin/prog"),
		.place = place,
		.mode = S_IFREG | 0755,
		.sha256 = str_of(w->shipped),
		.sha1 = SHA1,
		.origin = SBOM_PROGRAM,
		.name = STR("prog")};

	snprintf(place, sizeof(place), "%s/build/bin/prog", w->root);
	world_read(w, path, &whole);
	world_write(w, path, STR("int other;\n"));
	refuse(w, &f, 1, "util.c has changed since it was compiled");
	world_write(w, path, buf_view(&whole));
}

/* Every id is used once, and every id that is referred to exists. */
static void test_ids_are_sound(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)64 << 20);
	static const char *const lists[] = {"packages", "files"};
	const struct node *doc = document(*state, &a), *n, *k;

	for (size_t i = 0; i < 2; i++)
		for (n = node_first(node_get(doc, lists[i])); n; n = n->next)
			for (k = n->next; k != NULL; k = k->next)
				assert_false(str_eq(
					node_text(node_get(n, "SPDXID")),
					node_text(node_get(k, "SPDXID"))));
	n = node_first(node_get(doc, "relationships"));
	for (; n != NULL; n = n->next) {
		struct str b = node_text(node_get(n, "relatedSpdxElement"));
		bool found = false;

		for (size_t i = 0; i < 2; i++)
			for (k = node_first(node_get(doc, lists[i])); k;
				k = k->next)
				found |= str_eq(
					b, node_text(node_get(k, "SPDXID")));
		assert_true(found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_image_is_golden),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_refuses_requests),
		cmocka_unit_test(test_what_a_scanner_asks),
		cmocka_unit_test(test_tools_are_not_inside),
		cmocka_unit_test(test_what_a_lawyer_asks),
		cmocka_unit_test(test_patches_are_followed),
		cmocka_unit_test(test_own_patches_too),
		cmocka_unit_test(test_verification_code),
		cmocka_unit_test(test_source_touched),
		cmocka_unit_test(test_ids_are_sound),
	};

	return cmocka_run_group_tests(tests, make_world, remove_world);
}
