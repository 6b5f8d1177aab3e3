/*
 * vex - `keelson vex PRODUCT`: is it affected by the CVEs that patches name?
 *
 * The verdict comes from the evidence of the build: which functions a patch
 * changes, and whether the linker kept them (sbom/vex).  The time in a document
 * is that of the image, or SOURCE_DATE_EPOCH, so that it can be made again.
 */
#include "images/cmd/commands.h"
#include "images/cmd/epoch.h"
#include "images/cmd/patches.h"
#include "images/cmd/subject.h"
#include "images/cmd/target.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"
#include "lib/base/whole.h"
#include "sbom/vex/csaf.h"
#include "sbom/vex/cyclonedx_vex.h"
#include "sbom/vex/openvex.h"

#include <unistd.h>

enum { VEX_TEXT_MAX = 64 << 20 };

static const char *vex_format = "table", *vex_root = ".", *vex_output;
static const char *vex_platform;
static const char *vex_author = "", *vex_namespace = "";
static struct args_list vex_cves, vex_patches, vex_names;
static bool vex_wants_mentions;

static const struct args_option vex_options[] = {
	TARGET_PLATFORM(&vex_platform),
	{.name = "format",
		.letter = 'f',
		.type = ARGS_TEXT,
		.value = &vex_format,
		.meta = "FORMAT",
		.help = "table, openvex (0.2.0), csaf (2.0) or cyclonedx "
			"(1.6)"},
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &vex_output,
		.meta = "FILE",
		.help = "write to FILE, which appears complete or not at all"},
	{.name = "cve",
		.type = ARGS_LIST,
		.value = &vex_cves,
		.meta = "CVE",
		.help = "ask about this one alone; repeat for more"},
	{.name = "patch",
		.type = ARGS_LIST,
		.value = &vex_patches,
		.meta = "CVE=FILE",
		.help = PATCHES_HELP},
	{.name = "mentions",
		.type = ARGS_SWITCH,
		.value = &vex_wants_mentions,
		.help = "also CVEs that a changelog names and no patch does"},
	{.name = "product",
		.type = ARGS_LIST,
		.value = &vex_names,
		.meta = "ID",
		.help = "another id of the product, for OpenVEX: a package URL "
			"or REPOSITORY@DIGEST; repeat for more"},
	{.name = "author",
		.type = ARGS_TEXT,
		.value = &vex_author,
		.meta = "NAME",
		.help = "who says so; default: the project's supplier"},
	{.name = "namespace",
		.type = ARGS_TEXT,
		.value = &vex_namespace,
		.meta = "URI",
		.help = "of the author, which CSAF asks for; default: the "
			"project's url"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &vex_root,
		.meta = "DIR",
		.help = "root of the project that built the product, or the "
			"evidence of `keelson record`"},
	{0},
};

static void vex_table(const struct vex_document *d, struct buf *out)
{
	const struct vex_statements *s = d->statements;
	size_t counts[VEX_AFFECTED + 1] = {0};

	buf_fmt(out, "%-17s%-21s%s\n", "CVE", "STATUS", "PACKAGE");
	for (size_t i = 0; i < s->n; i++) {
		const struct vex_statement *x = &s->list[i];

		counts[x->status]++;
		buf_fmt(out, "%-17.*s%-21s%.*s %.*s\n", STR_ARG(x->cve),
			vex_status_word(x->status),
			STR_ARG(x->package->package),
			STR_ARG(x->package->version));
		for (size_t k = 0; k < x->n_grounds; k++)
			buf_fmt(out, "    %.*s\n", STR_ARG(x->grounds[k]));
	}
	buf_fmt(out,
		"%.*s: %zu affected, %zu under investigation, %zu fixed, %zu "
		"not affected\n",
		STR_ARG(d->product->name), counts[VEX_AFFECTED],
		counts[VEX_UNDER_INVESTIGATION], counts[VEX_FIXED],
		counts[VEX_NOT_AFFECTED]);
	if (d->product->n_unknown > 0)
		buf_fmt(out,
			"%zu of its programs or libraries have no evidence: "
			"nothing is known of them\n",
			d->product->n_unknown);
}

static const struct vex_writer {
	const char *name;
	void (*write)(const struct vex_document *d, struct buf *out);
} vex_writers[] = {
	{"table", vex_table},
	{"openvex", openvex_write},
	{"csaf", csaf_write},
	{"cyclonedx", cyclonedx_vex_write},
};

static const struct vex_writer *vex_writer(void)
{
	for (size_t i = 0; i < sizeof(vex_writers) / sizeof(*vex_writers); i++)
		if (str_is(str_of(vex_format), vex_writers[i].name))
			return &vex_writers[i];
	return NULL;
}

static int vex_check_options(struct err *e)
{
	if (vex_writer() == NULL)
		return err_kind(e, ERR_USAGE,
			"--format %s: not table, openvex, csaf or cyclonedx",
			vex_format);
	for (size_t i = 0; i < vex_cves.n; i++)
		if (!fix_is_cve(str_of(vex_cves.item[i])))
			return err_kind(e, ERR_USAGE,
				"--cve %s: not CVE-YEAR-NUMBER",
				vex_cves.item[i]);
	return 0;
}

/* Who says so, which documents must tell. */
static int vex_sign(
	const struct subject *s, struct vex_document *d, struct err *e)
{
	const struct project *p = &s->tracing->project;
	struct arena *a = &s->tracing->arena;

	d->author = vex_author;
	d->namespace = vex_namespace;
	if (d->author[0] == '\0')
		d->author = arena_copy(a, p->vendor);
	if (d->namespace[0] == '\0')
		d->namespace = arena_copy(a, p->is.url);
	if (d->author == NULL || d->namespace == NULL)
		return fix_no_memory(e);
	if (str_is(str_of(vex_format), "table"))
		return 0;
	if (d->author[0] == '\0')
		return err_kind(e, ERR_USAGE,
			"the document names its author: say --author NAME");
	if (str_is(str_of(vex_format), "csaf") &&
		str_find(str_of(d->namespace), ':') == str_of(d->namespace).n)
		return err_kind(e, ERR_USAGE,
			"CSAF names a URI of its author: say --namespace "
			"https://...");
	return 0;
}

static int vex_put(const struct buf *text, struct err *e)
{
	if (vex_output != NULL)
		return file_write(vex_output, buf_view(text), 0644, e);
	return fd_write(STDOUT_FILENO, text->p, text->n, e);
}

static int vex_write(const struct subject *s,
	const struct vex_statements *statements, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(VEX_TEXT_MAX);
	AUTO_BUF struct buf options = buf_growing(VEX_TEXT_MAX);
	char now[OCI_TIME_BYTES];
	struct vex_document d = {
		.product = &s->product,
		.statements = statements,
		.time = s->created,
	};
	int64_t epoch;

	if (vex_sign(s, &d, e) < 0 || epoch_read(&epoch, e) < 0)
		return -1;
	oci_time(epoch, now);
	if (d.time.n == 0)
		d.time = str_of(now);
	patches_say(&vex_patches, &options);
	d.options = buf_view(&options);
	vex_writer()->write(&d, &text);
	if (whole_check(&text, s->product.path, e) < 0)
		return -1;
	return vex_put(&text, e);
}

static int vex_state_all(struct subject *s, struct err *e)
{
	const struct trace_basis basis = {
		&s->tracing->evidence, &s->tracing->lock, &s->tracing->arena};
	struct fix_texts texts = fix_texts(&basis);
	struct str cves[ARGS_LIST_MAX];
	struct vex_statements statements;
	struct vex_brought *brought;
	struct vex_request r = {
		.programs = s->judged,
		.n_programs = s->n,
		.n_unknown = s->product.n_unknown,
		.cves = cves,
		.n_cves = vex_cves.n,
		.n_brought = vex_patches.n,
		.with_mentions = vex_wants_mentions,
	};

	for (size_t i = 0; i < vex_cves.n; i++)
		cves[i] = str_of(vex_cves.item[i]);
	if (patches_read(&texts, &vex_patches, &brought, e) < 0)
		return -1;
	r.brought = brought;
	if (vex_make(&texts, &r, &statements, e) < 0)
		return -1;
	if (statements.n == 0 && !str_is(str_of(vex_format), "table"))
		return err_kind(e, ERR_ABSENT,
			"%s: no patch names a CVE of what is in it: there is "
			"nothing to state",
			s->product.path);
	return vex_write(s, &statements, e);
}

static int vex_run(size_t n, const char *const *operands)
{
	struct tracing t = {0};
	struct subject s = {0};
	struct err e = {0};
	int rc = vex_check_options(&e);

	(void)n;
	if (rc == 0)
		rc = tracing_open_for(vex_root,
			&(struct tracing_of){operands[0], vex_platform}, &t,
			&e);
	if (rc == 0)
		rc = subject_open(&t, operands[0], &s, &e);
	s.product.names = vex_names.item;
	s.product.n_names = vex_names.n;
	if (rc == 0)
		rc = vex_state_all(&s, &e);
	subject_close(&s);
	tracing_close(&t);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_vex = {
	.name = "vex",
	.operands = "IMAGE|PROGRAM",
	.summary = "Say which CVEs a product is affected by, and why",
	.text = "For each CVE that a patch of the sources names: fixed, when "
		"what the patch changes is in a program; not affected, when "
		"the linker left it out; under investigation, when that "
		"cannot be proven. --patch brings a fix that is not applied: "
		"affected, when what it changes is in a program. Nothing is "
		"known of a program or library that no recorded command made: "
		"where an image has one, each of these that is not affected or "
		"fixed is under investigation. Every ground "
		"and the command that finds it again is in the document.",
	.options = vex_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = vex_run,
};
