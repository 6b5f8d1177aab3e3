/*
 * hook - a makefile that is read before the build's own, and a script.
 *
 * The shell that runs a recipe stays the makefile's, with the makefile's flags:
 * it is given one more word behind them, a command that starts the recorder
 * with the recipe, and that starts the same shell again.  $(SHELL), which
 * recipes name and $(shell) uses, is as it was.  Only recipes of sources are
 * concerned, and none where
 *
 *   - .ONESHELL cuts .SHELLFLAGS at blanks, or .POSIX changes its default:
 *     their names occur in a makefile;
 *   - SHELL is no shell;
 *   - make is older than 4.2, and has no $(file <NAME).
 *
 * `+=` adds to the flags of the makefile, whenever it sets them.  make 4.4
 * expands the added words alone, so there they name .SHELLFLAGS themselves;
 * keelson-in ends the circle.
 */
#include "static-build/outside/hook.h"

#include "lib/base/buf.h"
#include "lib/base/fd.h"

/* "^" stands for the directory of the evidence; the names of special targets
   are split, for this file is among the makefiles. */
static const char hook_makefile[] =
	"ifeq (,$(filter 3.% 4.0% 4.1%,$(MAKE_VERSION)))\n"
	"keelson-text = $(foreach f,$(MAKEFILE_LIST),\\\n"
	"	$(if $(wildcard $f),$(file <$f)))\n"
	"keelson-odd = $(findstring .ONE$()SHELL,$(keelson-text))\\\n"
	"	$(findstring .POS$()IX,$(keelson-text))\n"
	"keelson-is-plain = $(eval keelson-is-plain := \\\n"
	"	$(if $(strip $(keelson-odd)),,yes))$(keelson-is-plain)\n"
	"keelson-by = $(if $(filter %sh,$(SHELL)),$(if $(keelson-is-plain),"
	"'RECORD_SHELL=$(lastword $(SHELL)) exec ^/shell/recipe "
	"\"$$-\" \"$${SHELLOPTS-}\" \"$$0\"'))\n"
	"ifeq (,$(filter 4.2% 4.3%,$(MAKE_VERSION)))\n"
	"keelson-all = $(eval keelson-in := yes)$(.SHELLFLAGS)\\\n"
	"	$(eval keelson-in :=)$(keelson-by)\n"
	"else\n"
	"keelson-all = $(keelson-by)\n"
	"endif\n"
	"%.h %.hh %.hpp %.inc %.def %.c %.cc %.cpp %.cxx %.S %.s %.y %.l "
	"%.proto: \\\n"
	"	.SHELLFLAGS += $(if $(keelson-in),,$(keelson-all))\n"
	"endif\n";

/* The shell's options, its SHELLOPTS, the recipe. */
static const char hook_recipe[] =
	"#!/bin/sh\n"
	"rest=$1 options=$2 text=$3\n"
	"set --\n"
	"while [ -n \"$rest\" ]; do\n"
	"	case $rest in\n"
	"	[aefuvxCET]*) set -- \"$@\" \"-${rest%\"${rest#?}\"}\" ;;\n"
	"	esac\n"
	"	rest=${rest#?}\n"
	"done\n"
	"case :$options: in\n"
	"*:pipefail:*) set -- \"$@\" -o pipefail ;;\n"
	"esac\n"
	"exec ^/shell/sh \"$@\" -c \"$text\"\n";

static int hook_put(const struct place *p, const char *name, const char *text,
	mode_t mode, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(1 << 16);
	const char *path = place_path(p->arena, p->dir, name, e);

	for (; *text != '\0'; text++)
		if (*text == '^')
			buf_text(&b, p->dir);
		else
			buf_byte(&b, *text);
	if (b.full)
		return place_no_memory(e);
	return path == NULL ? -1 : file_write(path, buf_view(&b), mode, e);
}

int hook_write(const struct place *p, struct err *e)
{
	if (hook_put(p, "shell/recipe", hook_recipe, 0755, e) < 0)
		return -1;
	return hook_put(p, "record.mk", hook_makefile, 0644, e);
}
