using System.Globalization;

namespace Eco.Host.Output;

/// <summary>The three streams of a command, and which of them is a terminal. Tests put strings in their place.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output: data.</param>
/// <param name="Error">Standard error: everything else.</param>
/// <param name="InIsTerminal">Whether a person types.</param>
/// <param name="OutIsTerminal">Whether a person reads the output.</param>
/// <param name="Width">Columns of the terminal.</param>
/// <param name="AllowColor">Whether the surroundings (<c>NO_COLOR</c>, <c>TERM=dumb</c>) allow colour.</param>
public sealed record ConsoleIo(
    TextReader In, TextWriter Out, TextWriter Error, bool InIsTerminal, bool OutIsTerminal, int Width, bool AllowColor)
{
    private const int DefaultWidth = 120;

    /// <summary>The streams of this process.</summary>
    public static ConsoleIo OfProcess()
    {
        bool outIsTerminal = !Console.IsOutputRedirected;
        bool allowColor = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term and not "dumb";
        return new ConsoleIo(
            Console.In,
            Console.Out,
            Console.Error,
            !Console.IsInputRedirected,
            outIsTerminal,
            WidthOf(outIsTerminal),
            allowColor && outIsTerminal);
    }

    private static int WidthOf(bool outIsTerminal)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
            && columns >= 40)
        {
            return columns;
        }

        return outIsTerminal && Console.WindowWidth >= 40 ? Console.WindowWidth : DefaultWidth;
    }
}
