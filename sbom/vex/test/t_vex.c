/*
 * vex: what a patch means for a program that was really linked, and the same
 * answer in each format.  The small project is sbom/test/world.h.
 */
#include "sbom/vex/csaf.h"
#include "sbom/vex/cyclonedx_vex.h"
#include "sbom/vex/openvex.h"
#include "sbom/vex/vex_make.h"

#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "sbom/evidence/evidence_open.h"
#include "sbom/fix/fix_brought.h"
#include "sbom/test/world.h"
#include "sbom/trace/symbols.h"
#include "sbom/trace/trace_program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DIFF(file, old, new)                                                   \
	"--- a/" file "\n+++ b/" file "\n@@ -1 +1 @@\n-" old "\n+" new "\n"

/* The program of the world, traced. */
struct bench {
	struct world w;
	struct arena arena;
	struct buf lock_text, shipped, linked;
	struct lock lock;
	struct evidence evidence;
	struct trace_basis basis;
	struct trace trace;
	struct symbols symbols;
	struct vex_program program;
};

static int open_bench(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct trace_subject of = {.name = "prog"};
	struct err e = {0};

	assert_non_null(b);
	world_make(&b->w);
	b->arena = arena_make(256 << 20);
	world_read(&b->w, "static-build/sources.lock", &b->lock_text);
	world_read(&b->w, "build/bin/prog", &b->shipped);
	world_read(&b->w, "build/bin/debug/prog", &b->linked);
	if (lock_parse(buf_view(&b->lock_text), &b->arena, &b->lock, &e) < 0 ||
		evidence_open(b->w.evidence, b->w.root, &b->arena, &b->evidence,
			&e) < 0)
		fail_msg("%s", e.text);
	b->basis = (struct trace_basis){&b->evidence, &b->lock, &b->arena};
	of.sha256 = str_of(b->w.shipped);
	of.bytes = buf_view(&b->shipped);
	if (trace_program(&b->basis, &of, &b->trace, &e) < 0 ||
		symbols_open(buf_view(&b->linked), &b->symbols, &e) < 0)
		fail_msg("%s", e.text);
	b->program.name = "/prog";
	b->program.why.trace = &b->trace;
	b->program.why.symbols = &b->symbols;
	*state = b;
	return 0;
}

static int close_bench(void **state)
{
	struct bench *b = *state;

	evidence_close(&b->evidence);
	buf_free(&b->lock_text);
	buf_free(&b->shipped);
	buf_free(&b->linked);
	arena_free(&b->arena);
	world_remove(&b->w);
	free(b);
	return 0;
}

/* The one statement about a patch that is brought. */
static void state(struct bench *b, const char *patch,
	struct vex_statements *out, struct err *e)
{
	struct fix_texts texts = fix_texts(&b->basis);
	const struct fix_bringing from = {"fix.diff", str_of(patch)};
	struct vex_brought brought = {.cve = STR("CVE-2099-0001")};
	const struct vex_request r = {.programs = &b->program,
		.n_programs = 1,
		.brought = &brought,
		.n_brought = 1};

	*out = (struct vex_statements){0};
	if (fix_bring(&texts, &from, &brought.fix, e) == 0)
		assert_int_equal(vex_make(&texts, &r, out, e), 0);
}

/* The same product has a program that nothing is known of. */
static void state_with_unknown(struct bench *b, struct vex_statements *out)
{
	struct fix_texts texts = fix_texts(&b->basis);
	const struct fix_bringing from = {"fix.diff",
		STR(DIFF("unused.c", "int unused(void) { return 3; }", "x"))};
	struct vex_brought brought = {.cve = STR("CVE-2099-0001")};
	const struct vex_request r = {.programs = &b->program,
		.n_programs = 1,
		.n_unknown = 2,
		.brought = &brought,
		.n_brought = 1};
	struct err e = {0};

	assert_int_equal(fix_bring(&texts, &from, &brought.fix, &e), 0);
	assert_int_equal(vex_make(&texts, &r, out, &e), 0);
}

static bool says(const struct vex_statement *s, const char *text)
{
	for (size_t i = 0; i < s->n_grounds; i++)
		if (memmem(s->grounds[i].p, s->grounds[i].n, text,
			    strlen(text)) != NULL)
			return true;
	return false;
}

/* Fail with all that was said. */
static void fail_said(size_t at, const struct vex_statement *s)
{
	AUTO_BUF struct buf all = buf_growing(1 << 16);

	for (size_t i = 0; i < s->n_grounds; i++)
		buf_fmt(&all, "\n%.*s", STR_ARG(s->grounds[i]));
	fail_msg("%zu: %s: %s", at, vex_status_word(s->status), buf_cstr(&all));
}

static void test_patch_to_verdict(void **state_)
{
	static const struct {
		const char *patch;
		enum vex_status status;
		const char *ground;
	} want[] = {
		/* no object is made from it */
		{DIFF("unused.c", "int unused(void) { return 3; }", "gone"),
			VEX_NOT_AFFECTED, "no object of the program"},
		{DIFF("y/twin.c", "int in_y(void) { return 22; }", "gone"),
			VEX_AFFECTED, "changes in_y in y/twin.c: in the"},
		/* the same fix, when it is in the source already */
		{DIFF("y/twin.c", "gone", "int in_y(void) { return 22; }"),
			VEX_FIXED, "is applied"},
		{DIFF("demo.h", "int util(void);", "gone"),
			VEX_UNDER_INVESTIGATION, "a header that was read"},
		/* the linker dropped it, and what it calls */
		{"--- a/p/pair.c\n+++ b/p/pair.c\n@@ -4 +4 @@\n"
		 "-int in_p(int a) { return same(a) + equal(a); }\n+x\n",
			VEX_NOT_AFFECTED, "the linker dropped it"},
		{"--- a/p/pair.c\n+++ b/p/pair.c\n@@ -2 +2 @@\n"
		 "-LONE same(int a) { return a * 1111; }\n+x\n",
			VEX_NOT_AFFECTED, "the linker dropped it"},
		/* of the other pair it is there */
		{"--- a/q/pair.c\n+++ b/q/pair.c\n@@ -2 +2 @@\n"
		 "-LONE same(int a) { return a * 2111; }\n+x\n",
			VEX_AFFECTED, "changes same in q/pair.c: in the"},
		/* a macro of an object that is linked */
		{"--- a/q/pair.c\n+++ b/q/pair.c\n@@ -1 +1 @@\n-#define LONE "
		 "static __attribute__((noinline, noclone)) int\n+x\n",
			VEX_UNDER_INVESTIGATION, "a macro"},
	};
	struct bench *b = *state_;

	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		struct vex_statements s;
		struct err e = {0};

		state(b, want[i].patch, &s, &e);
		if (s.n != 1)
			fail_msg("%zu: %s", i, e.text);
		if (s.list[0].status != want[i].status ||
			!says(&s.list[0], want[i].ground))
			fail_said(i, &s.list[0]);
	}
}

static void test_programs_without_evidence(void **state_)
{
	struct vex_statements s;

	state_with_unknown(*state_, &s);
	assert_int_equal(s.n, 1);
	if (s.list[0].status != VEX_UNDER_INVESTIGATION ||
		!says(&s.list[0], "2 programs have no evidence"))
		fail_said(0, &s.list[0]);
}

static void test_patches_that_fit_nothing(void **state_)
{
	static const struct {
		const char *patch, *why;
	} want[] = {
		{DIFF("absent.c", "a", "b"), "fits no source"},
		{DIFF("unused.c", "neither this", "nor that"),
			"fits no source"},
		{DIFF("unused.c", "int unused(void) { return 3; }", "x")
				DIFF("y/twin.c", "neither", "nor"),
			"take the patch for this version"},
		{"no patch at all", "fits no source"},
		{"", "fits no source"},
	};
	struct bench *b = *state_;

	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		struct vex_statements s;
		struct err e = {0};

		state(b, want[i].patch, &s, &e);
		assert_int_equal(s.n, 0);
		if (strstr(e.text, want[i].why) == NULL)
			fail_msg("%zu: %s", i, e.text);
	}
}

/* A source that is not what was compiled proves nothing. */
static void test_changed_source(void **state_)
{
	struct bench *b = *state_;
	struct vex_statements s;
	struct err e = {0};

	world_write(&b->w, "build/work/demo/demo/unused.c", STR("changed\n"));
	state(b, DIFF("unused.c", "changed", "x"), &s, &e);
	assert_int_equal(s.n, 0);
	assert_non_null(strstr(e.text, "unused.c has changed since"));
	world_write(&b->w, "build/work/demo/demo/unused.c",
		STR("int unused(void) { return 3; }\n"));
}

/* ---- documents ---- */

static const struct node *parse(struct buf *text, struct arena *a)
{
	const struct node *n = NULL;
	struct err e = {0};

	if (text->full || json_parse(buf_view(text), a, &n, &e) < 0)
		fail_msg("%s", e.text);
	return n;
}

static bool is_text(const struct node *n, const char *want)
{
	return str_is(node_text(n), want);
}

/* One statement of each status, in each format. */
static void test_documents(void **state_)
{
	struct bench *b = *state_;
	struct str ground = STR("because \"it\" is so");
	struct vex_statement list[4];
	const struct vex_statements all = {list, 4, 4};
	const struct vex_product product = {
		.is_image = true,
		.name = STR("demo"),
		.version = STR("1.2"),
		.repository = STR("localhost/x/demo"),
		.sha256 = STR("0123456789abcdef0123456789abcdef"
			      "0123456789abcdef0123456789abcdef"),
		.path = "dist/demo",
	};
	const struct vex_document d = {.product = &product,
		.statements = &all,
		.author = "Us",
		.namespace = "https://us.example",
		.time = STR("2026-01-01T00:00:00Z")};
	static void (*const writers[])(
		const struct vex_document *, struct buf *) = {
		openvex_write, csaf_write, cyclonedx_vex_write};
	const struct node *docs[3], *n;

	for (unsigned i = 0; i < 4; i++)
		list[i] = (struct vex_statement){
			.cve = i < 2 ? STR("CVE-2099-0001")
				     : STR("CVE-2099-0002"),
			.package = &b->lock.lines[i % 2 == 0 ? 0 : 2],
			.status = i,
			.grounds = &ground,
			.n_grounds = 1};
	for (size_t i = 0; i < 3; i++) {
		AUTO_BUF struct buf one = buf_growing(1 << 20);
		AUTO_BUF struct buf two = buf_growing(1 << 20);

		writers[i](&d, &one);
		writers[i](&d, &two);
		assert_true(str_eq(buf_view(&one), buf_view(&two)));
		docs[i] = parse(&one, &b->arena);
	}

	assert_true(is_text(node_get(docs[0], "@context"),
		"https://openvex.dev/ns/v0.2.0"));
	n = node_first(node_get(docs[0], "statements"));
	assert_true(is_text(node_get(n, "status"), "not_affected"));
	assert_true(is_text(
		node_get(n, "justification"), "vulnerable_code_not_present"));
	assert_null(node_get(n, "impact_statement"));
	n = node_first(node_get(n, "products"));
	assert_true(is_text(node_get(n, "@id"),
		"pkg:oci/demo@sha256%3A0123456789abcdef0123456789abcdef"
		"0123456789abcdef0123456789abcdef"));
	assert_true(is_text(
		node_get(node_first(node_get(n, "subcomponents")), "@id"),
		"pkg:deb/debian/demo@1.0-1"));
	assert_true(is_text(node_get(n->next, "@id"),
		"localhost/x/demo@sha256:0123456789abcdef0123456789abcdef"
		"0123456789abcdef0123456789abcdef"));

	/* one entry a CVE */
	n = node_get(docs[1], "vulnerabilities");
	assert_int_equal(n->count, 2);
	n = node_first(n);
	assert_true(is_text(node_first(node_path(n, "product_status",
				    "known_not_affected", NULL)),
		"product:demo"));
	assert_true(is_text(
		node_first(node_path(n, "product_status", "fixed", NULL)),
		"product:certs"));
	assert_true(is_text(node_get(node_first(node_get(n, "flags")), "label"),
		"vulnerable_code_not_present"));
	assert_non_null(node_get(n->next, "remediations"));

	n = node_get(docs[2], "vulnerabilities");
	assert_int_equal(n->count, 4);
	assert_true(is_text(node_path(node_first(n), "analysis", "state", NULL),
		"not_affected"));
	assert_true(is_text(
		node_path(node_first(n)->next, "analysis", "state", NULL),
		"resolved"));
}

static void test_cve_ids(void **state_)
{
	(void)state_;
	assert_true(fix_is_cve(STR("CVE-2024-1234")));
	assert_true(fix_is_cve(STR("cve-2024-1234567")));
	assert_false(fix_is_cve(STR("CVE-2024-123")));
	assert_false(fix_is_cve(STR("CVE-2024-1234x")));
	assert_false(fix_is_cve(STR("CVE-20x4-1234")));
	assert_false(fix_is_cve(STR("")));
	assert_true(
		fix_cve_order(STR("CVE-2024-9999"), STR("CVE-2024-10000")) < 0);
	assert_true(
		fix_cve_order(STR("CVE-2025-1000"), STR("CVE-2024-99999")) > 0);
	assert_true(
		fix_cve_order(STR("CVE-2024-1234"), STR("CVE-2024-1234")) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patch_to_verdict),
		cmocka_unit_test(test_programs_without_evidence),
		cmocka_unit_test(test_patches_that_fit_nothing),
		cmocka_unit_test(test_changed_source),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_cve_ids),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_bench, close_bench);
}
