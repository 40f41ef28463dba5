using System.Text;
using Eco.Tests;
using NUnit.Framework;
using NUnit.Framework.Interfaces;

[assembly: ErrorStreamOfFailures]

namespace Eco.Tests;

/// <summary>
/// Keeps what hosts within this process log on the standard error stream, and shows it only with a test that fails: the logs of thousands of tests
/// that pass would hide what matters. Takes effect with <see cref="Redirect"/>. Where an exception ends the process, it says which test ran.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ErrorStreamOfFailuresAttribute : Attribute, ITestAction
{
    private static readonly Log Lines = new();
    private static volatile string s_test = "no test";

    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Test;

    /// <summary>From now on the standard error stream is kept.</summary>
    public static void Redirect()
    {
        Console.SetError(Lines);
        AppDomain.CurrentDomain.UnhandledException += (_, _) =>
        {
            using var error = new StreamWriter(Console.OpenStandardError());
            error.WriteLine($"The test process ends while {s_test} runs.");
        };
    }

    /// <inheritdoc/>
    public void BeforeTest(ITest test)
    {
        s_test = test.FullName;
        Lines.Take();
    }

    /// <inheritdoc/>
    public void AfterTest(ITest test)
    {
        string lines = Lines.Take();
        if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed && lines.Length > 0)
        {
            TestContext.Out.WriteLine("On the standard error stream:");
            TestContext.Out.Write(lines);
        }
    }

    /// <summary>The last that was written, whichever thread wrote it: a host's logger has one of its own.</summary>
    private sealed class Log : TextWriter
    {
        private const int MostCharacters = 64 * 1024;

        private readonly StringBuilder _text = new();
        private readonly Lock _lock = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(string? value)
        {
            lock (_lock)
            {
                _text.Append(value);
                if (_text.Length > 2 * MostCharacters)
                {
                    _text.Remove(0, _text.Length - MostCharacters);
                }
            }
        }

        public string Take()
        {
            lock (_lock)
            {
                string text = _text.ToString(Math.Max(0, _text.Length - MostCharacters), Math.Min(_text.Length, MostCharacters));
                _text.Clear();
                return text;
            }
        }
    }
}
