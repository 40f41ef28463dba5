using System.Text;
using Eco.Host.Commands;
using Eco.Host.Composition;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Commands;

/// <summary>Whatever is typed gets an exit code and at most lines for people.</summary>
public sealed class CommandPropertyTests
{
    private static readonly string[] Words =
    [
        "ion", "submit", "list", "show", "validate", "diff", "pause", "approve", "agents", "models", "who-has", "timeline", "rebuild", "status",
        "stop", "experiment", "doctor", "version", "new", "--format", "json", "text", "--verbos", "--limit", "-1", "99999999999", "--since", "5m",
        "--ion", "--agent", "--seed", "--seeds", "1..3", "a..b", "--graph", "--json", "x/y@z", "ab/cd@1", "aaaa", "", " ", "-", "--", "@x", "[x]",
        "\0", "ä\u001b[2J", "=", "--=", "--format=xml", "/", "..", "?", "-h",
    ];

    [Test]
    public void Run_WhenWordsAreRandom_EndsWithADocumentedExitCode()
    {
        Gen<string[]> lines = Gen.Elements(Words).ArrayOf().Where(words => words.Length <= 8 && !words.Contains("new"));
        Prop.ForAll(lines.ToArbitrary(), words =>
        {
            CommandHarness eco = new();
            try
            {
                int code = eco.RunAsync(words).GetAwaiter().GetResult();
                return (code is >= ExitCodes.Success and <= ExitCodes.GoalNotMet && !eco.Error.Contains("   at ", StringComparison.Ordinal)
                    && !eco.Error.Contains("unexpected failure", StringComparison.Ordinal)).Label($"exit {code}: {eco.Error}");
            }
            finally
            {
                eco.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }).Check(Properties.Quiet);
    }

    [Test]
    public void Read_WhenConfigurationsAreMutated_FailsOnlyWithErrorsForPeople()
    {
        string text = HostOptionsReader.ReferenceText;
        Gen<string> mutated =
            from at in Gen.Choose(0, text.Length - 1)
            from length in Gen.Choose(0, 40)
            from insert in Gen.Elements("", "{", "}", "[", "\"", "=", "x", "1e9999", "-1", "null", "${a}", "include \"y\"", "\0", "999999999999999999d")
            select new StringBuilder(text).Remove(at, Math.Min(length, text.Length - at)).Insert(at, insert).ToString();
        Prop.ForAll(mutated.ToArbitrary(), changed =>
        {
            try
            {
                HostOptionsReader.Read(changed, "x.conf");
                return true;
            }
            catch (CommandException error)
            {
                return error.Details.Length > 0 && error.Details.All(line => line.Contains(".conf:", StringComparison.Ordinal));
            }
        }).Check(Properties.Quiet);
    }
}
