/* Unit tests of lib/arc/oci against golden documents. */
#include "lib/arc/oci.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "lib/base/json.h"
#include <cmocka.h>

#define ROOM   (1u << 16)
#define TIME_S 1767225600

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const struct oci_blob config = {
	.type = OCI_CONFIG, .digest = "sha256:" HEX_A, .size_bytes = 543};
static const struct oci_blob layer = {
	.type = OCI_LAYER_GZ, .digest = "sha256:" HEX_B, .size_bytes = 19804};

static void same(const struct buf *got, const char *want)
{
	assert_false(got->full);
	assert_int_equal(got->n, strlen(want));
	assert_memory_equal(got->p, want, got->n);
}

/* Readers that want arm64 ask for v8; amd64 has no variant. */
static void a_platform_has_its_variant(void **state)
{
	AUTO_BUF struct buf out = buf_growing(ROOM);
	const struct oci_listed arm = {.manifest = &layer, .arch = "arm64"};
	const struct oci_listed amd = {.manifest = &layer, .arch = "amd64"};

	(void)state;
	oci_write_index(&arm, 1, &out);
	assert_non_null(strstr(buf_cstr(&out),
		"{\"architecture\":\"arm64\",\"os\":\"linux\","
		"\"variant\":\"v8\"}"));
	buf_reset(&out);
	oci_write_config(
		&(struct oci_config){
			.arch = "arm64", .diff_id = "", .created_by = ""},
		&out);
	assert_non_null(strstr(buf_cstr(&out), "\"variant\":\"v8\""));
	buf_reset(&out);
	oci_write_index(&amd, 1, &out);
	assert_null(strstr(buf_cstr(&out), "variant"));
}

static void times_are_rfc_3339(void **state)
{
	char text[OCI_TIME_BYTES];

	(void)state;
	oci_time(TIME_S, text);
	assert_string_equal(text, "2026-01-01T00:00:00Z");
	oci_time(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	oci_time(253402300799, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

/* The digest of "{}" stands in image-spec manifest.md. */
static void descriptor_of_the_empty_blob(void **state)
{
	struct oci_blob b;

	(void)state;
	oci_describe(&b, OCI_EMPTY, STR(OCI_EMPTY_BYTES));
	assert_string_equal(b.digest, "sha256:44136fa355b3678a1146ad16f7e8649e"
				      "94fb4fc21fe77e8310c060f61caaff8a");
	assert_int_equal(b.size_bytes, 2);
}

static void config_is_golden(void **state)
{
	AUTO_BUF struct buf out = buf_growing(ROOM);
	struct arena a = arena_make(ROOM);
	const struct node *doc;
	const struct oci_pair more[] = {{OCI_KEY("version"), STR("1.0")},
		{OCI_KEY("title"), STR("")}, {NULL, {NULL, 0}}};

	(void)state;
	assert_int_equal(json_parse(STR("{\"entrypoint\":[\"/bin/a\",\"-x\"],"
					"\"env\":{\"PATH\":\"/bin\","
					"\"A\":\"b c\"},"
					"\"labels\":{\"k\":\"v\"}}"),
				 &a, &doc, NULL),
		0);
	oci_write_config(&(struct oci_config){.arch = "amd64",
				 .created_s = TIME_S,
				 .author = STR("K"),
				 .user = STR("0:0"),
				 .workdir = STR("/"),
				 .entrypoint = node_get(doc, "entrypoint"),
				 .env = node_get(doc, "env"),
				 .labels = node_get(doc, "labels"),
				 .more_labels = more,
				 .diff_id = "sha256:" HEX_A,
				 .created_by = "test"},
		&out);
	same(&out, "{\"created\":\"2026-01-01T00:00:00Z\",\"author\":\"K\","
		   "\"architecture\":\"amd64\",\"os\":\"linux\","
		   "\"config\":{\"User\":\"0:0\","
		   "\"Env\":[\"PATH=/bin\",\"A=b c\"],"
		   "\"Entrypoint\":[\"/bin/a\",\"-x\"],\"WorkingDir\":\"/\","
		   "\"Labels\":{\"org.opencontainers.image.version\":\"1.0\","
		   "\"k\":\"v\"}},"
		   "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
		   "[\"sha256:" HEX_A "\"]},"
		   "\"history\":[{\"created\":\"2026-01-01T00:00:00Z\","
		   "\"created_by\":\"test\"}]}");
	arena_free(&a);
}

static void manifest_is_golden(void **state)
{
	AUTO_BUF struct buf out = buf_growing(ROOM);
	const struct oci_pair annotations[] = {
		{OCI_KEY("version"), STR("1.0")}, {NULL, {NULL, 0}}};

	(void)state;
	oci_write_manifest(&(struct oci_manifest){.config = &config,
				   .layer = &layer,
				   .annotations = annotations},
		&out);
	same(&out, "{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST "\","
		   "\"config\":{\"mediaType\":\"" OCI_CONFIG "\","
		   "\"digest\":\"sha256:" HEX_A "\",\"size\":543},"
		   "\"layers\":[{\"mediaType\":\"" OCI_LAYER_GZ "\","
		   "\"digest\":\"sha256:" HEX_B "\",\"size\":19804}],"
		   "\"annotations\":{"
		   "\"org.opencontainers.image.version\":\"1.0\"}}");
}

static void referrer_and_index_are_golden(void **state)
{
	AUTO_BUF struct buf out = buf_growing(ROOM);
	const struct oci_listed list[] = {
		{.manifest = &config, .arch = "arm64"},
		{.manifest = &layer, .artifact_type = OCI_SPDX},
	};

	(void)state;
	oci_write_manifest(&(struct oci_manifest){.artifact_type = OCI_SPDX,
				   .config = &config,
				   .layer = &layer,
				   .subject = &config},
		&out);
	assert_non_null(strstr(
		buf_cstr(&out), "\"artifactType\":\"application/spdx+json\""));
	assert_non_null(strstr(buf_cstr(&out),
		"}],\"subject\":{\"mediaType\":\"" OCI_CONFIG "\""));
	buf_reset(&out);
	oci_write_index(list, 2, &out);
	same(&out, "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX "\","
		   "\"manifests\":["
		   "{\"mediaType\":\"" OCI_CONFIG "\","
		   "\"digest\":\"sha256:" HEX_A "\",\"size\":543,"
		   "\"platform\":{\"architecture\":\"arm64\","
		   "\"os\":\"linux\","
		   "\"variant\":\"v8\"}},"
		   "{\"mediaType\":\"" OCI_LAYER_GZ "\","
		   "\"digest\":\"sha256:" HEX_B "\",\"size\":19804,"
		   "\"artifactType\":\"application/spdx+json\"}]}");
}

static void docker_list_is_golden(void **state)
{
	AUTO_BUF struct buf out = buf_growing(ROOM);

	(void)state;
	oci_write_docker(&config, &layer, "localhost/k/a:1", &out);
	same(&out, "[{\"Config\":\"blobs/sha256/" HEX_A "\","
		   "\"RepoTags\":[\"localhost/k/a:1\"],"
		   "\"Layers\":[\"blobs/sha256/" HEX_B "\"]}]");
}

static void digests_are_no_paths(void **state)
{
	char name[OCI_BLOB_NAME_BYTES];

	(void)state;
	assert_int_equal(oci_blob_name("sha256:" HEX_A, name, NULL), 0);
	assert_string_equal(name, "blobs/sha256/" HEX_A);
	assert_int_equal(oci_blob_name("sha256:../../x", name, NULL), -1);
	assert_string_equal(name, "");
	assert_int_equal(oci_blob_name("", name, NULL), -1);
	assert_int_equal(oci_blob_name("sha512:00", name, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_rfc_3339),
		cmocka_unit_test(a_platform_has_its_variant),
		cmocka_unit_test(descriptor_of_the_empty_blob),
		cmocka_unit_test(config_is_golden),
		cmocka_unit_test(manifest_is_golden),
		cmocka_unit_test(referrer_and_index_are_golden),
		cmocka_unit_test(docker_list_is_golden),
		cmocka_unit_test(digests_are_no_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
