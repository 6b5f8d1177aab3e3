# Included by every make of a recipe (MAKEFILES): makefile recipes that generate
# sources run under the recorder.  Pattern-specific, because SHELL for all targets or
# on the command line would change what $(shell) sees.
%.h %.c %.S %.s %.y %.proto: SHELL := @SHELL@
