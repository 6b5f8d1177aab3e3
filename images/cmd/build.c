/*
 * build - `keelson image build DEFINITION...`.
 *
 * Builds one image after the other and prints a line for each: name, digest,
 * seconds.  The first failure ends the run; images built before it are
 * complete.
 */
#include "images/cmd/build.h"

#include "images/assemble/image.h"
#include "images/cmd/commands.h"
#include "images/cmd/epoch.h"
#include "images/project/project.h"
#include "lib/arc/arch.h"
#include "lib/base/clock.h"

#include <stdio.h>

#define BUILD_TAG_BYTES 128

/* What is NULL is as the project says. */
static struct image_request build_request;
static struct project_paths build_at;
static struct args_list build_vars;

static const char *build_revision;

const struct args_option build_options[] = {
	{.name = "out",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &build_request.out,
		.meta = "DIR",
		.help = "write the images to DIR"},
	{.name = "skel",
		.type = ARGS_TEXT,
		.value = &build_at.skel,
		.meta = "DIR",
		.help = "skeleton files"},
	{.name = "picks",
		.type = ARGS_TEXT,
		.value = &build_at.picks,
		.meta = "DIR",
		.help = "lists of what to take from packages"},
	{.name = "packages",
		.type = ARGS_TEXT,
		.value = &build_at.packages,
		.meta = "DIR",
		.help = "unpacked packages"},
	{.name = "programs",
		.type = ARGS_TEXT,
		.value = &build_at.programs,
		.meta = "DIR",
		.help = "static programs"},
	{.name = "release",
		.type = ARGS_TEXT,
		.value = &build_request.version,
		.meta = "TAG",
		.help = "version and tag of the images"},
	{.name = "registry",
		.type = ARGS_TEXT,
		.value = &build_request.registry,
		.meta = "NAME",
		.help = "prefix of an image's name after podman load"},
	{.name = "arch",
		.type = ARGS_TEXT,
		.value = &build_request.arch,
		.meta = "ARCH",
		.help = "architecture of the programs: " ARCH_NAMES
			"; this machine's unless said"},
	{.name = "var",
		.type = ARGS_LIST,
		.value = &build_vars,
		.meta = "NAME=VALUE",
		.help = "a value for ${{vars.NAME}} in definitions"},
	{.name = "revision",
		.type = ARGS_TEXT,
		.value = &build_revision,
		.meta = "ID",
		.help = "commit of the project that is built, for SBOMs and "
			"annotations"},
	{.name = "depfile",
		.type = ARGS_TEXT,
		.value = &build_request.depfile,
		.meta = "FILE",
		.help = "write a make rule that lists the files read"},
	{.name = NULL},
};

/* What image-spec annotations.md (ref.name) and docker accept as a tag. */
static bool is_tag(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool is_word = (c >= 'a' && c <= 'z') ||
			       (c >= 'A' && c <= 'Z') ||
			       (c >= '0' && c <= '9') || c == '_';

		if (!is_word && (i == 0 || (c != '.' && c != '-')))
			return false;
	}
	return s.n > 0 && s.n <= BUILD_TAG_BYTES;
}

/* The architecture that is asked for, else this machine's. */
static int settle_arch(struct err *e)
{
	const struct arch *arch =
		build_request.arch ? arch_find(str_of(build_request.arch))
				   : arch_native();

	if (!arch)
		return err_kind(e, ERR_USAGE,
			"--arch %s: must be one of " ARCH_NAMES,
			build_request.arch ? build_request.arch : "");
	build_request.arch = arch->name;
	return 0;
}

static void build_override(const char **path, const char *given)
{
	if (given)
		*path = given;
}

/* The project in the working directory, with what options say instead. */
static int read_project(struct project *p, struct err *e)
{
	if (settle_arch(e) < 0 || project_read(".", p, e) < 0)
		return -1;
	project_select(p, str_of(build_request.arch));
	build_override(&p->at.skel, build_at.skel);
	build_override(&p->at.picks, build_at.picks);
	build_override(&p->at.packages, build_at.packages);
	build_override(&p->at.programs, build_at.programs);
	if (build_revision)
		p->is.revision = str_of(build_revision);
	build_request.project = p;
	build_request.given =
		(struct definition_given){.project_name = p->is.name,
			.vars = build_vars.item,
			.n_vars = build_vars.n};
	if (!build_request.out)
		build_request.out = p->at.out;
	if (!build_request.version)
		build_request.version = p->is.version.p;
	if (!build_request.registry)
		build_request.registry = p->registry;
	build_request.given.project_version = str_of(build_request.version);
	return 0;
}

int build_images(size_t n, const char *const *definitions, struct err *e)
{
	AUTO_PROJECT struct project project = {0};
	struct image_result result;
	uint64_t start_ns;

	if (read_project(&project, e) < 0)
		return -1;
	if (!is_tag(str_of(build_request.version)))
		return err_kind(e, ERR_USAGE, "--release %s: not a tag",
			build_request.version);
	if (epoch_read(&build_request.time_s, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		build_request.definition = definitions[i];
		start_ns = clock_monotonic_ns();
		if (image_build(&build_request, &result, e) < 0)
			return -1;
		printf("%s %s %.1f\n", result.name, result.digest,
			(double)(clock_monotonic_ns() - start_ns) / 1e9);
	}
	return 0;
}

static int build_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	return build_images(n, operands, &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_build = {
	.name = "build",
	.operands = "DEFINITION...",
	.summary = "Build images from their definitions",
	.text = "Each images/NAME.yaml becomes NAME/ (an OCI image "
		"layout with the SBOM as a referrer), NAME.tar (for "
		"podman load and docker load) and NAME.spdx.json, "
		"NAME.spdx3.json and NAME.cdx.json, NAME.notice.txt "
		"(licences) and NAME.sources.txt (to be offered). "
		"Equal inputs give equal bytes: every file carries the "
		"time SOURCE_DATE_EPOCH.",
	.options = build_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = build_run,
};
