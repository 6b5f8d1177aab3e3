/*
 * page: what stands on a page, as a reader's program sees it: elements that
 * are closed in order, ids that are there once, nothing of others as markup,
 * nothing that is fetched.
 */
#include "lib/arc/sha256.h"
#include "lib/base/base64.h"
#include "sbom/page/page_compare.h"
#include "sbom/page/page_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOSTILE                                                                \
	"<script>x</script>\" onload='y' &amp; \xe2\x80\xae \xff --><!-- ]]>"

enum { FILES = 3000 };

static struct page_leaf leaves[FILES];
static char names[FILES][32];

static struct page_part parts[] = {
	{.name = {"criu", 4}, .version = {"4.2", 3}},
	{.name = {"musl", 4}, .version = {"1.2.5", 5}},
	{.name = {"tiny", 4}, .version = {"1", 1}},
	{.name = {"small", 5}, .version = {"1", 1}},
	{.name = {"padding", 7}, .is_overhead = true},
};

static struct page_check checks[] = {
	{{"Stack is not executable", 23}, PAGE_PASSED, {"", 0}},
	{{"No interpreter", 14}, PAGE_FAILED, {"is started by one", 17}},
	{{"Canaries", 8}, PAGE_UNKNOWN, {"no symbols", 10}},
};

static struct page_program program = {
	.path = {"/bin/criu", 9},
	.sha256 = {"abcd", 4},
	.is_traced = true,
	.parts = parts,
	.n_parts = 5,
	.checks = checks,
	.n_checks = 3,
};

static struct page_package packages[] = {
	{.name = {"criu", 4},
		.version = {"4.2", 3},
		.licence = {"GPL-2.0", 7},
		.role = {"linked", 6},
		.purl = {"pkg:generic/criu@4.2", 20},
		.cpe = {"cpe:2.3:a:criu", 14}},
	{.name = {"linux", 5},
		.version = {"6", 1},
		.role = {"headers only", 12}},
	{.name = {"musl", 4}, .version = {"1.2.5", 5}, .role = {"linked", 6}},
};

static struct page_patch patches[] = {
	{.package = {"musl", 4}, .name = {"fix.patch", 9}, .files = 1},
	{.package = {"musl", 4}, .name = {"doc.patch", 9}, .is_ours = true},
};

static struct str grounds[] = {{"the linker dropped it", 21}};

static struct page_verdict verdicts[] = {
	{{"CVE-2026-0001", 13}, {"musl", 4}, {"1.2.5", 5}, PAGE_FIXED,
		{"applied", 7}, grounds, 1},
	{{"CVE-2026-0002", 13}, {"musl", 4}, {"1.2.5", 5}, PAGE_AFFECTED,
		{"inside", 6}, grounds, 1},
};

static struct page_file files[] = {
	{.path = {"bin/criu", 8},
		.kind = {"file", 4},
		.mode = 0755,
		.bytes = 3000,
		.sha256 = {"abcd", 4}},
	{.path = {"bin", 3}, .kind = {"directory", 9}, .mode = 0755},
};

static struct page_source sources[] = {
	{.path = {"pool/criu.tar", 13}, .package = {"criu", 4}}};
static struct page_tool tools[] = {{{"gcc-12", 6}, {"12.2", 4}}};
static struct page_signature signatures[] = {
	{{"the image itself", 16}, {"under a tag", 11}, {"", 0}}};
static struct page_command commands[] = {
	{{"Look:", 5}, {"keelson verify x", 16}, {"sha256:1", 8}}};

static struct page model(void)
{
	return (struct page){
		.is_image = true,
		.name = STR("agent"),
		.version = STR("0.1.0"),
		.sha256 = STR("1234"),
		.layer_bytes = 1000,
		.programs = &program,
		.n_programs = 1,
		.packages = packages,
		.n_packages = 3,
		.patches = patches,
		.n_patches = 2,
		.verdicts = verdicts,
		.n_verdicts = 2,
		.files = files,
		.n_files = 2,
		.sources = sources,
		.n_sources = 1,
		.tools = tools,
		.n_tools = 1,
		.signatures = signatures,
		.n_signatures = 1,
		.commands = commands,
		.n_commands = 1,
	};
}

/* Very many files in the first part, a few in the others. */
static int fill(void **state)
{
	(void)state;
	parts[0].bytes = 0;
	for (size_t i = 0; i < FILES; i++) {
		int n = snprintf(names[i], sizeof(names[i]), "dir/f%zu.c", i);

		leaves[i] = (struct page_leaf){
			{names[i], (size_t)n}, 100000 / (i + 1)};
		parts[0].bytes += leaves[i].bytes;
	}
	parts[0].files = leaves;
	parts[0].n_files = FILES;
	for (size_t i = 1; i < 5; i++) {
		parts[i].files = &leaves[i == 1 ? 4 : 1000];
		parts[i].n_files = 1;
		parts[i].bytes = parts[i].files->bytes;
	}
	program.bytes = 0;
	for (size_t i = 0; i < 5; i++)
		program.bytes += parts[i].bytes;
	return 0;
}

static void write_page(const struct page *p, struct buf *b)
{
	struct err e = {0};

	*b = buf_growing(PAGE_BYTES_MAX);
	if (page_write(p, b, &e) < 0)
		fail_msg("%s", e.text);
}

/* ---- a reader ---- */

static bool is_void(struct str name)
{
	static const char *const list[] = {"meta", "br", "link", "!doctype"};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (str_is(name, list[i]))
			return true;
	return false;
}

static struct str tag_name(struct str tag)
{
	size_t n = 0;

	while (n < tag.n && tag.p[n] != ' ' && tag.p[n] != '/')
		n++;
	return str_sub(tag, 0, n);
}

struct reader {
	struct str open[64];
	size_t depth, scripts, details;
};

static void read_tag(struct reader *r, struct str tag)
{
	bool is_end = tag.p[0] == '/';
	struct str name = tag_name(is_end ? str_sub(tag, 1, tag.n) : tag);

	r->scripts += str_is(name, "script") || str_is(name, "img") ||
		      str_is(name, "link") || str_is(name, "iframe");
	r->details += !is_end && str_is(name, "details");
	if (is_end) {
		assert_true(r->depth > 0);
		if (!str_eq(r->open[--r->depth], name))
			fail_msg("</%.*s> closes <%.*s>", STR_ARG(name),
				STR_ARG(r->open[r->depth]));
	} else if (!is_void(name) && tag.p[tag.n - 1] != '/') {
		assert_true(r->depth < 64);
		r->open[r->depth++] = name;
	}
}

/* Every element is closed, in order; what stands between is text. */
static struct reader read_page(struct str page)
{
	struct reader r = {.depth = 0};
	struct str part;

	while (str_cut(&page, '<', &part)) {
		size_t end = str_find(page, '>');

		if (page.n == 0)
			break;
		assert_true(end < page.n);
		assert_true(str_find(str_sub(page, 0, end), '<') == end);
		read_tag(&r, str_sub(page, 0, end));
	}
	/* html has no </html> missing, nor has body */
	assert_int_equal(r.depth, 0);
	return r;
}

static size_t count(struct str page, const char *what)
{
	size_t n = 0, length = strlen(what);
	const char *p = page.p, *end = page.p + page.n, *hit;

	while ((hit = memmem(p, (size_t)(end - p), what, length)) != NULL) {
		n++;
		p = hit + length;
	}
	return n;
}

/* Every id that something is labelled by is there, once. */
static void check_labels(struct str page)
{
	static const char word[] = "aria-labelledby=";
	const char *p = page.p, *end = page.p + page.n;

	while ((p = memmem(p, (size_t)(end - p), word, strlen(word))) != NULL) {
		char id[64];
		const char *from = p += strlen(word);
		int n;

		from += *from == '"';
		n = (int)strcspn(from, "\" >");
		snprintf(id, sizeof(id), "id=%s%.*s%s", *p == '"' ? "\"" : "",
			n, from, *p == '"' ? "\"" : ">");
		if (count(page, id) != 1)
			fail_msg("%s: %zu times", id, count(page, id));
	}
}

/* ---- tests ---- */

static void test_page_is_well_formed(void **state)
{
	struct page p = model();
	struct buf b, again;
	struct reader r;

	(void)state;
	write_page(&p, &b);
	write_page(&p, &again);
	assert_true(str_eq(buf_view(&b), buf_view(&again)));
	r = read_page(buf_view(&b));
	assert_int_equal(r.scripts, 0);
	assert_int_equal(count(buf_view(&b), "http://"), 0);
	assert_int_equal(count(buf_view(&b), " src="), 0);
	assert_int_equal(count(buf_view(&b), "url("), 0);
	check_labels(buf_view(&b));
	buf_free(&b);
	buf_free(&again);
}

/* The policy allows the style sheet that is there: its hash is right. */
static void test_policy_allows_the_style(void **state)
{
	struct page p = model();
	unsigned char digest[SHA256_BYTES];
	char memory[128];
	struct buf b, hash = buf_fixed(memory, sizeof(memory));
	const char *from, *to;

	(void)state;
	write_page(&p, &b);
	from = strstr(buf_cstr(&b), "<style>");
	to = strstr(buf_cstr(&b), "</style>");
	assert_non_null(from);
	assert_non_null(to);
	from += strlen("<style>");
	sha256_of((struct str){from, (size_t)(to - from)}, digest);
	buf_text(&hash, "default-src 'none'; style-src 'sha256-");
	base64_encode((struct str){(char *)digest, SHA256_BYTES}, &hash);
	buf_text(&hash, "';");
	assert_non_null(strstr(buf_cstr(&b), buf_cstr(&hash)));
	/* which forbids styles in attributes */
	assert_int_equal(count(buf_view(&b), " style="), 0);
	buf_free(&b);
}

/* 3,000 files: the picture has the large ones, the list has all. */
static void test_many_files_stay_readable(void **state)
{
	struct page p = model();
	struct str page, map;
	struct buf b;
	const char *end;

	(void)state;
	write_page(&p, &b);
	page = buf_view(&b);
	end = strstr(buf_cstr(&b), "</svg>\n<svg class=\"map tall\"");
	assert_non_null(end);
	map = (struct str){page.p, (size_t)(end - page.p)};
	map.p = strstr(page.p, "<svg class=\"map wide\"");
	map.n = (size_t)(end - map.p);
	assert_in_range(count(map, "<rect"), 20, 300);
	assert_int_equal(count(map, "smaller files,"), 1);
	assert_int_equal(count(page, "<code>dir/f2999.c</code>"), 1);
	/* two parts below 0.4 % are folded together; padding is one of three */
	assert_int_equal(count(page, "smaller packages"), 1);
	assert_true(page.n < 1000000);
	buf_free(&b);
}

static void test_verdicts_come_worst_first(void **state)
{
	struct page p = model();
	const char *affected, *fixed;
	struct buf b;

	(void)state;
	write_page(&p, &b);
	affected = strstr(buf_cstr(&b), "<b>CVE-2026-0002</b>");
	fixed = strstr(buf_cstr(&b), "<b>CVE-2026-0001</b>");
	assert_non_null(affected);
	assert_true(affected < fixed);
	assert_int_equal(count(buf_view(&b), "<li>the linker dropped it"), 2);
	/* one patch changes nothing that was compiled */
	assert_int_equal(count(buf_view(&b), "1 more patch that"), 1);
	buf_free(&b);
}

static void make_hostile(struct str *s)
{
	*s = STR(HOSTILE);
}

static void test_hostile_texts(void **state)
{
	struct page p = model();
	struct page_program programs[1] = {program};
	struct page_part part[1] = {parts[1]};
	struct page_leaf leaf[1] = {leaves[4]};
	struct page_package package[1] = {packages[0]};
	struct page_verdict verdict[1] = {verdicts[0]};
	struct page_file file[1] = {files[0]};
	struct str bad[1];
	struct buf b;

	(void)state;
	make_hostile(bad);
	leaf[0].name = part[0].name = part[0].version = *bad;
	part[0].files = leaf;
	programs[0].path = programs[0].sha256 = *bad;
	programs[0].parts = part;
	programs[0].n_parts = 1;
	programs[0].bytes = part[0].bytes;
	package[0].name = package[0].version = package[0].licence = *bad;
	package[0].note = package[0].purl = package[0].cpe = *bad;
	verdict[0].cve = verdict[0].reason = verdict[0].package = *bad;
	verdict[0].grounds = bad;
	file[0].path = file[0].link = file[0].note = file[0].sha256 = *bad;
	p.name = p.version = p.about = p.reference = p.entrypoint = *bad;
	p.sha256 = p.platform = p.created = p.user = p.licence = *bad;
	p.programs = programs;
	p.packages = package;
	p.n_packages = 1;
	p.verdicts = verdict;
	p.n_verdicts = 1;
	p.files = file;
	p.n_files = 1;
	write_page(&p, &b);
	assert_int_equal(read_page(buf_view(&b)).scripts, 0);
	assert_int_equal(count(buf_view(&b), "onload='"), 0);
	assert_int_equal(count(buf_view(&b), "\xe2\x80\xae"), 0);
	assert_int_equal(count(buf_view(&b), "\xff"), 0);
	assert_int_equal(count(buf_view(&b), "<!--"), 0);
	assert_in_range(count(buf_view(&b), "&lt;script&gt;x"), 20, 60);
	buf_free(&b);
}

/* A model without anything is a page, too. */
static void test_empty(void **state)
{
	struct page p = {.name = STR("x"), .sha256 = STR("00")};
	struct buf b;

	(void)state;
	write_page(&p, &b);
	read_page(buf_view(&b));
	check_labels(buf_view(&b));
	assert_int_equal(count(buf_view(&b), "<table"), 0);
	assert_int_equal(count(buf_view(&b), "#programs"), 0);
	buf_free(&b);
}

/* ---- comparing ---- */

static void test_comparison(void **state)
{
	struct page old = model(), new = model();
	struct page_package changed[3];
	struct page_verdict judged[1] = {verdicts[1]};
	struct buf b = buf_growing(PAGE_BYTES_MAX);
	struct err e = {0};

	(void)state;
	memcpy(changed, packages, sizeof(changed));
	changed[0].version = STR("4.3");
	changed[1].name = STR("zlib");
	judged[0].status = PAGE_NOT_AFFECTED;
	new.packages = changed;
	new.verdicts = judged;
	new.n_verdicts = 1;
	new.layer_bytes = 900;
	assert_int_equal(page_compare(&old, &new, &b, &e), 0);
	read_page(buf_view(&b));
	check_labels(buf_view(&b));
	assert_int_equal(
		count(buf_view(&b), "1 added, 1 removed, 1 changed"), 1);
	assert_non_null(strstr(buf_cstr(&b),
		">changed</span></td><th scope=row>criu</th>"
		"<td class=l>4.2</td><td class=l>4.3</td>"));
	assert_non_null(strstr(
		buf_cstr(&b), ">added</span></td><th scope=row>zlib</th>"));
	assert_non_null(strstr(
		buf_cstr(&b), ">removed</span></td><th scope=row>linux</th>"));
	assert_non_null(strstr(buf_cstr(&b),
		"CVE-2026-0002 in musl</th><td class=l>affected</td>"
		"<td class=l>not affected</td>"));
	assert_non_null(strstr(buf_cstr(&b), "&minus;100</td>"));
	/* patches, checks and files are as they were */
	assert_int_equal(count(buf_view(&b), "<p>No difference.</p>"), 3);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page_is_well_formed),
		cmocka_unit_test(test_policy_allows_the_style),
		cmocka_unit_test(test_many_files_stay_readable),
		cmocka_unit_test(test_verdicts_come_worst_first),
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_comparison),
	};

	return cmocka_run_group_tests(tests, fill, NULL);
}
