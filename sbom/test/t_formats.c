/*
 * formats: one image in all formats, read back by the checker.  All tell of
 * the same components; each field that a rule book requires is taken out in
 * turn, and the checker must miss it.
 */
#include "lib/base/json.h"
#include "sbom/check/facts_read.h"
#include "sbom/check/profile.h"
#include "sbom/sbom.h"
#include "sbom/test/world.h"
#include "sbom/write/dpkg_status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define ZEROS "0000000000000000000000000000000000000000"
#define DIGEST                                                                 \
	"sha256:"                                                              \
	"1111111111111111111111111111111111111111111111111111111111111111"

enum { FORMATS = DOCUMENT_CDX17 + 1, ARENA_MAX = 64 << 20 };

/* The documents of one image, and of its program alone. */
struct documents {
	struct world world;
	struct buf of_image[FORMATS], with_files[FORMATS];
	struct buf of_program[FORMATS];
	struct buf stanzas; /* of dpkg's database */
};

static const struct sbom_project project = {
	.name = {"keelson", 7},
	.supplier = {"Organization: Keelson", 21},
	.creator = {"Organization: Keelson", 21},
	.version = {"1.2", 3},
	.licence = {"Apache-2.0", 10},
	.url = {"https://example.org/", 20},
	.email = {"sbom@example.org", 16},
	.source = {"https://example.org/keelson.git", 31},
	.revision = {"0123abcd", 8},
	.security = {"https://example.org/security.txt", 32},
};

static void write_all(const struct sbom *s, bool with_files, struct buf *out)
{
	struct err e = {0};

	for (size_t i = 0; i < FORMATS; i++) {
		out[i] = buf_growing(SBOM_MAX_BYTES);
		if (document_write(&s->items, (enum document_format)i,
			    with_files, &out[i], &e) < 0)
			fail_msg("%s", e.text);
	}
}

/* The files that the documents list have SHA-512, so they must be there. */
static void make_sources(const struct world *w)
{
	static const char command[] =
		"cd %s && mkdir -p build/sources && "
		"echo tar >build/sources/demo_1.0.orig.tar.gz && "
		"echo patches >build/sources/demo_1.0-1.debian.tar.xz && "
		"for f in build/sources/*; do "
		"h=$(sha256sum <$f | cut -c1-64); "
		"sed -i \"s|\\(${f##*/}\\) 1 [0-9]*|\\1 1 $h|\" "
		"static-build/sources.lock; done && "
		"printf 'demo demo:demo https://demo.example.org/ Demo\\n' "
		">static-build/upstreams";

	world_run(w, command);
}

static void write_image(struct documents *d, bool is_program)
{
	char place[128];
	const struct sbom_file files[] = {
		{.path = STR("usr/bin/prog"),
			.place = place,
			.mode = S_IFREG | 0755,
			.sha256 = str_of(d->world.shipped),
			.sha1 = STR(ZEROS),
			.origin = SBOM_PROGRAM,
			.name = STR("prog")},
		{.path = STR("etc/passwd"),
			.mode = S_IFREG | 0644,
			.sha256 = STR(ZEROS "000000000000000000000000"),
			.sha1 = STR(ZEROS),
			.origin = SBOM_SKELETON,
			.name = STR("rootfs/skel/etc/passwd")},
	};
	const struct sbom_request r = {
		.image = is_program ? "prog" : "image",
		.is_program = is_program,
		.version = "1.2",
		.project = &project,
		.arch = "amd64",
		.created = 1700000000,
		.files = files,
		.n_files = is_program ? 1 : 2,
		.root = d->world.root,
	};
	const struct item_bytes bytes = {STR(DIGEST), STR(ZEROS ZEROS),
		STR(ZEROS ZEROS ZEROS "00000000")};
	struct err e = {0};
	struct sbom s;

	snprintf(place, sizeof(place), "%s/build/bin/prog", d->world.root);
	if (sbom_open(&r, &s, &e) < 0)
		fail_msg("%s", e.text);
	if (!is_program && items_set_bytes(&s.items, &bytes, &e) < 0)
		fail_msg("%s", e.text);
	write_all(&s, false, is_program ? d->of_program : d->of_image);
	if (!is_program)
		write_all(&s, true, d->with_files);
	for (size_t i = 0; !is_program && i < s.items.n; i++)
		if (dpkg_status_has(&s.items.list[i]))
			dpkg_status_write(
				&s.items, &s.items.list[i], &d->stanzas);
	sbom_close(&s);
}

static int make_documents(void **state)
{
	static struct documents d;

	d.stanzas = buf_growing(SBOM_MAX_BYTES);
	world_make(&d.world);
	make_sources(&d.world);
	write_image(&d, false);
	write_image(&d, true);
	*state = &d;
	return 0;
}

static int remove_documents(void **state)
{
	struct documents *d = *state;

	for (size_t i = 0; i < FORMATS; i++) {
		buf_free(&d->of_image[i]);
		buf_free(&d->with_files[i]);
		buf_free(&d->of_program[i]);
	}
	buf_free(&d->stanzas);
	world_remove(&d->world);
	return 0;
}

static struct facts facts_of(const struct buf *document, struct arena *a)
{
	struct facts f;
	struct err e = {0};

	if (facts_read(buf_view(document), a, &f, &e) < 0)
		fail_msg("%s", e.text);
	return f;
}

/* ---- one model ---- */

/* Ids without what formats put in front of them. */
static struct str bare(struct str id)
{
	size_t hash = str_find(id, '#');

	if (hash < id.n)
		return str_sub(id, hash + 1, id.n);
	return str_has_prefix(id, STR("SPDXRef-")) ? str_sub(id, 8, id.n) : id;
}

static const struct fact_component *find(const struct facts *f, struct str id)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(bare(f->components[i].id), bare(id)))
			return &f->components[i];
	return NULL;
}

/* The project itself is in SPDX 2.3 only, which needs it to hold files. */
static bool is_project(struct str id)
{
	return str_is(bare(id), "Project");
}

static void same(struct str id, const char *field, struct str a, struct str b)
{
	if (!str_eq(a, b))
		fail_msg("%.*s: %s: \"%.*s\" and \"%.*s\"", STR_ARG(id), field,
			STR_ARG(a), STR_ARG(b));
}

static void same_component(
	const struct fact_component *a, const struct fact_component *b)
{
	const struct str id = bare(a->id);

	same(id, "name", a->name, b->name);
	same(id, "version", a->version, b->version);
	same(id, "creator", a->creator.name, b->creator.name);
	same(id, "supplier", a->supplier.name, b->supplier.name);
	same(id, "licence", a->licence, b->licence);
	same(id, "declared", a->declared, b->declared);
	same(id, "sha256", a->sha256, b->sha256);
	same(id, "sha512", a->sha512, b->sha512);
	same(id, "purl", a->purl, b->purl);
	same(id, "cpe", a->cpe, b->cpe);
	same(id, "swhid", a->swhid, b->swhid);
	same(id, "file name", a->file_name, b->file_name);
}

static bool has_edge(const struct facts *f, const struct fact_edge *edge)
{
	for (size_t i = 0; i < f->n_edges; i++)
		if (str_eq(bare(f->edges[i].from), bare(edge->from)) &&
			str_eq(bare(f->edges[i].to), bare(edge->to)))
			return true;
	return false;
}

/* Everything of a, as far as it concerns components, is in b. */
static void contained(const struct facts *a, const struct facts *b)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct fact_component *c = &a->components[i], *other;

		if (c->is_file || is_project(c->id))
			continue;
		other = find(b, c->id);
		if (other == NULL)
			fail_msg("no %.*s", STR_ARG(c->id));
		same_component(c, other);
	}
	for (size_t i = 0; i < a->n_edges; i++) {
		const struct fact_edge *x = &a->edges[i];
		const struct fact_component *from = find(a, x->from);

		if (from == NULL || from->is_file || find(a, x->to) == NULL ||
			is_project(x->from) || is_project(x->to))
			continue;
		/* SPDX 2.3 also says which packages are in an image at all */
		if (a->format == FACTS_SPDX2 && str_is(bare(x->from), "Image"))
			continue;
		if (!has_edge(b, x))
			fail_msg("no %.*s -> %.*s", STR_ARG(x->from),
				STR_ARG(x->to));
	}
}

static void one_model(const struct buf *documents, size_t components)
{
	AUTO_ARENA struct arena a = arena_make((size_t)4 * ARENA_MAX);
	struct facts f[FORMATS];

	for (size_t i = 0; i < FORMATS; i++)
		f[i] = facts_of(&documents[i], &a);
	assert_int_equal(f[DOCUMENT_SPDX3].n, components);
	for (size_t i = 0; i < FORMATS; i++)
		for (size_t k = 0; k < FORMATS; k++)
			contained(&f[i], &f[k]);
	for (size_t i = 1; i < FORMATS; i++) {
		same(STR("document"), "time", f[0].time, f[i].time);
		same(STR("document"), "author", f[0].author.contact,
			f[i].author.contact);
		same(STR("document"), "tool", f[0].tool, f[i].tool);
	}
}

/* image, program, library, package, patches */
static void test_all_formats_tell_one_model(void **state)
{
	const struct documents *d = *state;

	one_model(d->of_image, 5);
	one_model(d->with_files, 5);
	one_model(d->of_program, 4);
}

/* With files, the same components and more. */
static void test_files_only_add(void **state)
{
	const struct documents *d = *state;

	for (size_t i = 0; i < FORMATS; i++) {
		AUTO_ARENA struct arena a = arena_make((size_t)2 * ARENA_MAX);
		struct facts few = facts_of(&d->of_image[i], &a);
		struct facts many = facts_of(&d->with_files[i], &a);

		contained(&few, &many);
		assert_true(d->with_files[i].n > d->of_image[i].n);
	}
}

static const char *text_of(const struct buf *b)
{
	return buf_cstr((struct buf *)(uintptr_t)b);
}

static void test_says_whose_it_is(void **state)
{
	const struct documents *d = *state;
	static const char *const texts[] = {"sbom@example.org",
		"https://example.org/keelson.git@0123abcd", "Apache-2.0",
		"pkg:oci/image@sha256%3A1111", "cpe:2.3:a:demo:demo:1.0:",
		"pkg:deb/debian/demo@1.0-1?arch=source&distro=debian-13",
		"https://snapshot.debian.org/file/", "swh:1:cnt:"};

	for (size_t i = 0; i < FORMATS; i++)
		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++)
			if (strstr(text_of(&d->of_image[i]), texts[k]) == NULL)
				fail_msg("format %zu: no %s", i, texts[k]);
	for (size_t i = DOCUMENT_SPDX3; i < FORMATS; i++)
		assert_non_null(strstr(text_of(&d->of_image[i]),
			"https://example.org/security.txt"));
}

/* ---- what scanners list ---- */

/* Does a document's list have a node with this text as a member? */
static const struct node *with(
	const struct node *list, const char *member, const char *text)
{
	const struct node *n = node_first(list);

	while (n != NULL && !str_is(node_text(node_get(n, member)), text))
		n = n->next;
	return n;
}

/* Is something said to be GENERATED_FROM this package, so that syft leaves it
   out? */
static bool spdx_hides(const struct node *doc, const struct node *package)
{
	const struct node *n = node_first(node_get(doc, "relationships"));
	struct str id = node_text(node_get(package, "SPDXID"));

	for (; n != NULL; n = n->next)
		if (str_is(node_text(node_get(n, "relationshipType")),
			    "GENERATED_FROM") &&
			str_eq(node_text(node_get(n, "relatedSpdxElement")),
				id))
			return true;
	return false;
}

static bool spdx3_hides(const struct node *graph, const struct node *package)
{
	const struct node *n = node_first(graph);
	struct str id = node_text(node_get(package, "spdxId"));

	for (; n != NULL; n = n->next)
		if (str_is(node_text(node_get(n, "relationshipType")),
			    "generates") &&
			str_eq(node_text(node_get(n, "from")), id))
			return true;
	return false;
}

static const struct node *parsed(const struct buf *document, struct arena *a)
{
	const struct node *doc = NULL;
	struct err e = {0};

	if (json_parse(buf_view(document), a, &doc, &e) < 0)
		fail_msg("%s", e.text);
	return doc;
}

/* The program and its source, but neither the library in between, nor the
   patches, nor this project, nor the release. */
static void test_scanners_find_each_thing_once(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)2 * ARENA_MAX);
	const struct documents *d = *state;
	const struct node *doc = parsed(&d->of_image[DOCUMENT_SPDX], &a);
	const struct node *n = node_first(node_get(doc, "packages"));
	size_t listed = 0;

	for (; n != NULL; n = n->next) {
		struct str name = node_text(node_get(n, "name"));
		bool is_listed = str_is(name, "prog") || str_is(name, "demo");

		if (str_is(name, "image"))
			continue;
		listed += is_listed;
		assert_int_equal(spdx_hides(doc, n), !is_listed);
	}
	assert_int_equal(listed, 2);
	doc = node_get(parsed(&d->of_image[DOCUMENT_SPDX3], &a), "@graph");
	for (n = node_first(doc); n != NULL; n = n->next)
		if (str_is(node_text(node_get(n, "type")),
			    "software_Package") &&
			!str_is(node_text(node_get(n, "name")), "image"))
			assert_int_equal(spdx3_hides(doc, n),
				!str_is(node_text(node_get(n, "name")),
					"prog") &&
					!str_is(node_text(node_get(n, "name")),
						"demo"));
	doc = node_get(parsed(&d->of_image[DOCUMENT_CDX16], &a), "components");
	assert_non_null(with(doc, "name", "prog"));
	assert_true(
		str_is(node_text(node_get(with(doc, "name", "demo"), "type")),
			"library"));
	n = node_get(with(doc, "name", "prog"), "components");
	assert_true(str_is(
		node_text(node_get(with(n, "name", "libdemo.a"), "type")),
		"file"));
}

static void test_the_release_is_named(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)2 * ARENA_MAX);
	const struct documents *d = *state;
	const struct node *n = with(
		node_get(parsed(&d->of_image[DOCUMENT_SPDX], &a), "packages"),
		"SPDXID", "SPDXRef-OperatingSystem");

	assert_true(str_is(node_text(node_get(n, "name")), "debian"));
	assert_true(str_is(node_text(node_get(n, "versionInfo")), "13"));
	n = with(node_get(parsed(&d->of_image[DOCUMENT_CDX17], &a),
			 "components"),
		"type", "operating-system");
	assert_true(str_is(node_text(node_get(n, "name")), "debian"));
	assert_true(str_is(node_text(node_get(n, "version")), "13"));
}

/* Named as the purl is, so that both are one package. */
static void test_dpkg_would_know_the_package(void **state)
{
	struct documents *d = *state;

	assert_string_equal(buf_cstr(&d->stanzas),
		"Package: demo\n"
		"Status: install ok installed\n"
		"Maintainer: Keelson\n"
		"Architecture: source\n"
		"Version: 1.0-1\n"
		"Description: 5 objects linked\n");
}

/* ---- each required field ---- */

static size_t lacks_of(const struct buf *document, enum profile p,
	const char *field, bool *of_document)
{
	AUTO_ARENA struct arena a = arena_make((size_t)4 * ARENA_MAX);
	struct facts f = facts_of(document, &a);
	struct profile_result r;
	struct err e = {0};
	size_t n = 0;

	assert_int_equal(profile_check(&f, p, &r, &e), 0);
	for (size_t i = 0; i < r.n; i++)
		if (field == NULL || strcmp(r.lacks[i].field, field) == 0) {
			n++;
			*of_document = r.lacks[i].of == NULL;
		}
	return n;
}

static void test_ours_lack_nothing(void **state)
{
	const struct documents *d = *state;
	bool of_document;

	for (size_t i = DOCUMENT_SPDX3; i < FORMATS; i++)
		for (int p = PROFILE_BSI; p <= PROFILE_NTIA; p *= 2)
			assert_int_equal(
				lacks_of(&d->of_image[i], (enum profile)p, NULL,
					&of_document),
				0);
	assert_int_equal(lacks_of(&d->of_image[DOCUMENT_SPDX], PROFILE_NTIA,
				 NULL, &of_document),
		0);
	assert_int_equal(lacks_of(&d->of_image[DOCUMENT_SPDX], PROFILE_BSI,
				 "format", &of_document),
		1);
}

/* A field is taken out by spelling a text of the document differently. */
static const struct removal {
	enum document_format format;
	int profiles;
	const char *text, *instead; /* every occurrence */
	const char *field;          /* that is missed then */
	bool of_document;
} removals[] = {
#define S3 DOCUMENT_SPDX3
#define CX DOCUMENT_CDX16
#define B  PROFILE_BSI
#define C  PROFILE_CISA
#define N  PROFILE_NTIA
	{S3, B, "\"3.0.1\"", "\"3.0.0\"", "format", true},
	{CX, B, "\"1.6\"", "\"1.5\"", "format", true},
	{S3, B, "\"externalIdentifierType\"", "\"x\"", "sbom creator", true},
	{CX, B, "\"manufacturer\"", "\"x\"", "sbom creator", true},
	{S3, B | C | N, "\"created\"", "\"x\"", "time", true},
	{CX, B | C | N, "\"timestamp\"", "\"x\"", "time", true},
	{S3, C, "\"createdUsing\"", "\"x\"", "tool", true},
	{CX, C, "\"tools\"", "\"x\"", "tool", true},
	{S3, C, "\"keelson-0.1.0\"", "\"keelson\"", "tool version", true},
	{CX, C, "\"version\": \"0.1.0\"", "\"x\": 0", "tool version", true},
	{S3, C, "\"software_sbomType\"", "\"x\"", "generation context", true},
	{CX, C, "\"lifecycles\"", "\"x\"", "generation context", true},
	{S3, C | N, "\"createdBy\"", "\"x\"", "sbom author", true},
	{CX, C | N, "  \"manufacturer\": {\n   \"name\": \"Keelson\"",
		"  \"x\": {\n   \"name\": \"\"", "sbom author", true},
	{S3, B | C | N, "\"software_Package\"", "\"software_Snippet\"",
		"components", true},
	{CX, B | C | N, "\"dependsOn\"", "\"x\"", "relations", true},
	{S3, B | C | N, "\"Relationship\"", "\"Annotation\"", "relations",
		true},
	{S3, B | C | N, "\"name\": \"demo\"", "\"x\": 0", "name", false},
	{CX, B | C | N, "\"name\": \"demo\"", "\"x\": 0", "name", false},
	{S3, B | C | N, "\"software_packageVersion\"", "\"x\"", "version",
		false},
	{CX, B | C | N, "\"version\": \"1.0-1\"", "\"x\": 0", "version", false},
	{S3, C, "\"identifier\"", "\"x\"", "identifier", false},
	{CX, C, "\"swhid\"", "\"x\"", "identifier", false},
	{S3, B, "\"originatedBy\"", "\"x\"", "creator", false},
	{CX, B, "\"manufacturer\"", "\"x\"", "creator", false},
	{S3, B, "\"hasDistributionArtifact\"", "\"x\"", "file name", false},
	{CX, B, "\"bsi:component:filename\"", "\"x\"", "file name", false},
	{S3, B, "\"hasConcludedLicense\"", "\"x\"", "licence", false},
	{CX, B, "\"expression\"", "\"x\"", "licence", false},
	{S3, B, "\"sha512\"", "\"sha384\"", "sha-512", false},
	{CX, B, "\"SHA-512\"", "\"SHA-384\"", "sha-512", false},
	{S3, C, "\"verifiedUsing\"", "\"x\"", "hash", false},
	{CX, C, "\"hashes\"", "\"x\"", "hash", false},
	{S3, B, "\"software_additionalPurpose\"", "\"x\"", "properties", false},
	{CX, B, "\"bsi:component:executable\"", "\"x\"", "properties", false},
	{CX, B, "\"bsi:component:archive\"", "\"x\"", "properties", false},
	{CX, B, "\"bsi:component:structured\"", "\"x\"", "properties", false},
	{S3, B | C, "\"dependsOn\"", "\"describes\"", "dependencies", false},
	{CX, B | C, "\"dependencies\": [", "\"x\": [", "dependencies", false},
	{S3, B | C, "\"completeness\"", "\"x\"", "completeness", false},
	{CX, B | C, "\"compositions\"", "\"x\"", "completeness", false},
#undef S3
#undef CX
#undef B
#undef C
#undef N
};

static void replace(
	const struct buf *in, const char *old, const char *new, struct buf *out)
{
	struct str rest = buf_view(in);
	size_t n = 0;

	while (rest.n > 0)
		if (str_has_prefix(rest, str_of(old))) {
			buf_text(out, new);
			rest = str_sub(rest, strlen(old), rest.n);
			n++;
		} else {
			buf_byte(out, rest.p[0]);
			rest = str_sub(rest, 1, rest.n);
		}
	if (n == 0)
		fail_msg("the document has no %s", old);
}

static void test_what_is_taken_out_is_missed(void **state)
{
	const struct documents *d = *state;

	for (size_t i = 0; i < sizeof(removals) / sizeof(*removals); i++) {
		AUTO_BUF struct buf less = buf_growing(SBOM_MAX_BYTES);
		const struct removal *r = &removals[i];

		replace(&d->of_image[r->format], r->text, r->instead, &less);
		for (int p = PROFILE_BSI; p <= PROFILE_NTIA; p *= 2) {
			bool of_document = false;

			if ((r->profiles & p) == 0)
				continue;
			if (lacks_of(&less, (enum profile)p, r->field,
				    &of_document) == 0)
				fail_msg("without %s, profile %d does not miss "
					 "%s",
					r->text, p, r->field);
			assert_int_equal(of_document, r->of_document);
		}
	}
}

/* ---- documents that are none ---- */

static void test_refuses(void **state)
{
	static const char *const cases[] = {"", "{}", "[]", "{\"a\":", "null",
		"{\"bomFormat\":\"CycloneDY\"}",
		"{\"spdxVersion\":\"SPDX-1.2\"}",
		"{\"@context\":\"https://spdx.org/rdf/3.0.1/x\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		AUTO_ARENA struct arena a = arena_make(1 << 20);
		struct facts f;
		struct err e = {0};

		assert_int_equal(facts_read(str_of(cases[i]), &a, &f, &e), -1);
		assert_true(e.text[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_formats_tell_one_model),
		cmocka_unit_test(test_files_only_add),
		cmocka_unit_test(test_says_whose_it_is),
		cmocka_unit_test(test_scanners_find_each_thing_once),
		cmocka_unit_test(test_the_release_is_named),
		cmocka_unit_test(test_dpkg_would_know_the_package),
		cmocka_unit_test(test_ours_lack_nothing),
		cmocka_unit_test(test_what_is_taken_out_is_missed),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, make_documents, remove_documents);
}
