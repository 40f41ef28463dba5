namespace Eco.Runtime.Hocon;

/// <summary>A period of the calendar (specification: "Period format"), whose length in hours depends on when it begins.</summary>
/// <param name="Months">Whole months; a year is twelve.</param>
/// <param name="Days">Whole days; a week is seven.</param>
public readonly record struct HoconPeriod(int Months, int Days)
{
    /// <summary>The date that lies this period after another.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such date.</exception>
    public DateOnly After(DateOnly date) => date.AddMonths(Months).AddDays(Days);
}
