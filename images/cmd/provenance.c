/*
 * provenance - `keelson provenance IMAGE|PROGRAM`: what it was built from, as
 * SLSA provenance, unsigned; `keelson attest` signs it.
 */
#include "images/cmd/commands.h"
#include "images/cmd/epoch.h"
#include "images/cmd/subject.h"
#include "images/cmd/target.h"
#include "lib/base/fd.h"
#include "sbom/write/slsa.h"
#include "sbom/write/slsa_run.h"

#include <unistd.h>

enum { PROVENANCE_TEXT_MAX = 64 << 20 };

static const char *provenance_root = ".", *provenance_output;
static bool provenance_wants_predicate, provenance_wants_run;
static const char *provenance_platform;

static const struct args_option provenance_options[] = {
	TARGET_PLATFORM(&provenance_platform),
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &provenance_output,
		.meta = "FILE",
		.help = "write to FILE, which appears complete or not at all"},
	{.name = "predicate",
		.type = ARGS_SWITCH,
		.value = &provenance_wants_predicate,
		.help = "without the statement around it, as `keelson attest "
			"--predicate` takes it"},
	{.name = "run",
		.type = ARGS_SWITCH,
		.value = &provenance_wants_run,
		.help = "say what differs from run to run instead: times, "
			"host, tools and the id of the last run that "
			"`keelson record` noted"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &provenance_root,
		.meta = "DIR",
		.help = "root of the project that built the product, or the "
			"evidence of `keelson record`"},
	{0},
};

static int provenance_put(const struct buf *text, struct err *e)
{
	if (provenance_output != NULL)
		return file_write(provenance_output, buf_view(text), 0644, e);
	return fd_write(STDOUT_FILENO, text->p, text->n, e);
}

static int provenance_write(const struct subject *s, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(PROVENANCE_TEXT_MAX);
	const struct trace *traces[SUBJECT_PROGRAMS_MAX];
	struct str url = s->tracing->project.is.url;
	struct slsa_request r = {
		.name = s->product.is_image && s->product.repository.n > 0
				? s->product.repository
				: s->product.name,
		.version = s->product.version,
		.sha256 = s->product.sha256,
		.builder = url.n > 0 ? url : STR("urn:keelson:builder:v1"),
		.is_image = s->product.is_image,
		.evidence = &s->tracing->evidence,
		.lock = &s->tracing->lock,
		.traces = traces,
		.n_traces = s->n,
		.wants_predicate = provenance_wants_predicate,
	};
	int rc;

	for (size_t i = 0; i < s->n; i++)
		traces[i] = &s->programs[i].traced.trace;
	rc = epoch_read(&r.epoch_s, e);
	if (rc == 0)
		rc = provenance_wants_run
			     ? slsa_run_write(&r, &s->tracing->arena, &text, e)
			     : slsa_write(&r, &s->tracing->arena, &text, e);
	return rc < 0 ? -1 : provenance_put(&text, e);
}

static int provenance_run(size_t n, const char *const *operands)
{
	struct tracing t = {0};
	struct subject s = {0};
	struct err e = {0};
	int rc = tracing_open_for(provenance_root,
		&(struct tracing_of){operands[0], provenance_platform}, &t, &e);

	(void)n;
	if (rc == 0)
		rc = subject_open(&t, operands[0], &s, &e);
	if (rc == 0)
		rc = provenance_write(&s, &e);
	subject_close(&s);
	tracing_close(&t);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_provenance = {
	.name = "provenance",
	.operands = "IMAGE|PROGRAM",
	.summary = "Say what a product was built from, as SLSA provenance",
	.text = "An in-toto statement with each source, patch, own file and "
		"file of the host's tools that took part, by digest. The same "
		"bytes for the same build; --run has what is not the same.",
	.options = provenance_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = provenance_run,
};
