package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/truename-dns/truename/internal/app"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newServe() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve zones",
		Long: `Serve zones over DNS until SIGTERM or SIGINT; SIGHUP reloads the zone files.

Each setting is also an environment variable, TRUENAME_ and its name in capitals
(TRUENAME_DNS, TRUENAME_MAX_UDP; commas part the values of a repeatable one), and
a key of the YAML file that --config names. Flags beat environment beats file.`,
		Example: `  truename serve --zones /etc/truename/zones --dns :53
  truename serve --zones ./zones --dns 127.0.0.1:5300 --dns [::1]:5300 --rrl off`,
		Args: verb.NoArgs,
	}
	var file string
	c.Flags().SortFlags = false
	c.Flags().StringVar(&file, "config", "", "`FILE` of settings, a YAML mapping")
	for _, s := range app.Settings {
		if s.Secret {
			continue
		}
		v := &value{kind: s.Value, text: s.Default, list: s.List}
		c.Flags().Var(v, s.Name, s.Help)
	}
	_ = c.MarkFlagFilename("config", "yaml", "yml") // for completion, as the others; they fail for unknown flags only
	_ = c.MarkFlagDirname("zones")
	_ = c.MarkFlagDirname("data")
	c.RunE = func(c *cobra.Command, _ []string) error {
		config, err := app.Read(given(c.Flags()), file)
		if err != nil {
			return verb.Usage(err)
		}
		log := app.NewLogger(config, c.ErrOrStderr())
		return app.New(config, log, c.OutOrStdout()).Run(c.Context())
	}
	return c
}

// value is a flag as text; app checks it like every other source.
type value struct {
	kind, text string
	list       bool
	values     []string
}

func (v *value) String() string { return v.text }
func (v *value) Type() string   { return v.kind }
func (v *value) Set(text string) error {
	if !v.list {
		v.values = nil
	}
	v.values = append(v.values, text)
	return nil
}

// given is the flags that stand on the command line.
func given(flags *pflag.FlagSet) map[string][]string {
	m := make(map[string][]string)
	flags.Visit(func(f *pflag.Flag) {
		if v, ok := f.Value.(*value); ok {
			m[f.Name] = v.values
		}
	})
	return m
}
