package repl

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"socksh/luabind/sock"
	"socksh/scripts/report"
)

// FlagError adds to an error of the command line's flags what was perhaps meant.
func FlagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var number *strconv.NumError
	if errors.As(err, &invalid) && errors.As(err, &number) {
		return fmt.Errorf("--%s takes a whole number, not %q", invalid.GetFlag().Name, invalid.GetValue())
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := unknown.GetSpecifiedName()
	if letters := unknown.GetSpecifiedShortnames(); letters != "" { // of "-var" those from the first that is no flag
		i := slices.IndexFunc(names, func(name string) bool { return len(letters) > 1 && strings.HasSuffix(name, letters) })
		if i < 0 {
			return err
		}
		return fmt.Errorf("%w; a flag's name has two dashes: --%s", err, names[i])
	}
	switch near := sock.Nearest(name, names); {
	case near != "":
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	case slices.Contains(report.Formats(), name):
		return fmt.Errorf("%w; reports are written by --report %s=FILE", err, name)
	}
	return fmt.Errorf("%w; a script's own values are given by --var %s=VALUE", err, name)
}
